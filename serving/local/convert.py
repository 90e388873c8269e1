"""Run with the Python of vLLM's environment: turns quantised GGUF weights into a folder that vLLM serves and adapters are trained on.

    python convert.py FOLDER TARGET        FOLDER holds weights.gguf

The weights are written as they were quantised, in 16 bit (bfloat16). The chat template is that of the family (ChatML) with calls in Hermes'
form; it shows each tool as one line with the names of its arguments, because a small model is lost in five schemas of 160 tokens each.
"""

from __future__ import annotations

import sys
from pathlib import Path

TEMPLATE = Path(__file__).with_name("chat_template.jinja")


def convert(source: Path, target: Path) -> None:
    """Write ``target``: config, safetensors, tokenizer, template."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

    quantised = AutoModelForCausalLM.from_pretrained(str(source), gguf_file="weights.gguf", dtype=torch.float32)
    described = quantised.config.to_dict()
    for name in ("quantization_config", "_name_or_path", "dtype", "torch_dtype"):
        described.pop(name, None)
    model = LlamaForCausalLM(LlamaConfig.from_dict(described))
    missing = model.load_state_dict(quantised.state_dict(), strict=False)
    lost = [name for name in missing.missing_keys if name != "lm_head.weight"]
    if lost or missing.unexpected_keys:
        raise SystemExit(f"the weights do not fit the model: {lost[:5]} are missing, {missing.unexpected_keys[:5]} are left over")
    model.tie_weights()
    tokenizer = AutoTokenizer.from_pretrained(str(source), gguf_file="weights.gguf")
    tokenizer.chat_template = TEMPLATE.read_text(encoding="utf-8")
    model.config.bos_token_id, model.config.eos_token_id = tokenizer.bos_token_id, tokenizer.eos_token_id
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.to(torch.bfloat16).save_pretrained(target, safe_serialization=True)
    tokenizer.save_pretrained(target)


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
