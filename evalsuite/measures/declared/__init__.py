"""What each scorer's measures read, where they apply and what they cannot show: a file a scorer."""
