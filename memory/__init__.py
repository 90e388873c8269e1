"""What is remembered: runs in SQL, literature in Milvus, checkpoints, traces."""
