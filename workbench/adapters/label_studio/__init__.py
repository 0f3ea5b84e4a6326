"""Between layers and Label Studio's tasks: configuration, encoding, decoding, checks."""
