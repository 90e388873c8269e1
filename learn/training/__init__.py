"""Programs that run with the Python of the training environment. They import nothing of ours."""
