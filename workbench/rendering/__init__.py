"""Draw the core's values as HTML and tables: pure, escaped, with no script and no network."""
