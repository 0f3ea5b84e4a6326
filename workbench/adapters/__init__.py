"""Pure translations between the core's values and foreign forms: no network, no files."""
