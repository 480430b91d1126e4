"""What requests and answers look like, and how rows are told in them."""
