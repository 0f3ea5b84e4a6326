"""What annotators have in common before adjudication, inside what both were asked."""
