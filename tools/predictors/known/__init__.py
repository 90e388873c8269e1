"""What is known already of structures: the sets that the shipped predictors were trained on, looked up by hashed keys."""
