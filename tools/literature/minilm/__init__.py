"""all-MiniLM-L6-v2 on onnxruntime: its tokens, its graph, its weights, without torch."""
