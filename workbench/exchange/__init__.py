"""What formats share: articles with layers on the way in and out, tokens, names, strict JSON."""
