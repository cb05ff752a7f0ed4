"""All that students write: the only rooms that read text from them."""
