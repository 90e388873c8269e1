"""Run with the Python of the training environment: trains a LoRA adapter, supervised and then by preference.

    python train.py CONFIG.json            train; the same call again goes on where it was stopped
    python train.py CONFIG.json --check    load no weights: build the configuration, the model's shape and the adapter, count, and leave

Every line of the output is a JSON object: ``{"stage", "step", "of", "loss", "seconds_left"}`` while it trains, ``{"result": ...}`` at the end.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any


def say(**what: Any) -> None:
    """One line of output."""
    print(json.dumps(what), flush=True)


def plain_calls(message: dict[str, Any]) -> dict[str, Any]:
    """A message whose calls hold their arguments as JSON values, as servers hand them to templates."""
    calls = [
        {**call, "function": {**call["function"], "arguments": json.loads(call["function"]["arguments"])}}
        for call in message.get("tool_calls") or []
    ]
    return {**message, "tool_calls": calls} if calls else message


def rendered(tokenizer: Any, messages: list[dict[str, Any]], tools: list[dict[str, Any]], reply: dict[str, Any]) -> tuple[str, str]:
    """(prompt, completion) of a reply. The completion ends with the mark that ends the turn."""
    shown = [plain_calls(m) for m in messages]
    options: dict[str, Any] = {"tools": tools or None, "tokenize": False}
    prompt = tokenizer.apply_chat_template(shown, add_generation_prompt=True, **options)
    whole = tokenizer.apply_chat_template([*shown, plain_calls(reply)], **options)
    if not whole.startswith(prompt):
        raise SystemExit(
            "the chat template of the base shows a reply otherwise than the prompt before it; adapters cannot be trained on it"
        )
    end = whole.rfind(tokenizer.eos_token)
    return prompt, whole[len(prompt) : end if end > len(prompt) else None]


def rows(path: Path) -> list[dict[str, Any]]:
    """The examples of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def lora(config: dict[str, Any]) -> Any:
    """The adapter's shape."""
    from peft import LoraConfig

    return LoraConfig(
        r=config["rank"],
        lora_alpha=2 * config["rank"],
        lora_dropout=0.0,
        target_modules=config["targets"],
        layers_to_transform=config.get("layers"),
        task_type="CAUSAL_LM",
    )


def common(config: dict[str, Any], out: Path) -> dict[str, Any]:
    """What both stages share."""
    import torch

    on_card = torch.cuda.is_available()
    return {
        "output_dir": str(out),
        "per_device_train_batch_size": config["batch"],
        "gradient_accumulation_steps": config["accumulate"],
        "gradient_checkpointing": config["checkpointing"],
        "max_length": config["length"],
        "seed": config["seed"],
        "data_seed": config["seed"],
        "lr_scheduler_type": "cosine",
        "warmup_steps": 0.05,
        "logging_steps": 1,
        "logging_strategy": "steps",
        "save_strategy": "steps",
        "save_steps": config["save_every"],
        "save_total_limit": 1,
        "report_to": "none",
        "disable_tqdm": True,
        "bf16": on_card,
        "use_cpu": not on_card,
        "dataloader_pin_memory": False,
    }


def progress(stage: str) -> Any:
    """Tells of each step, with the time that is left."""
    from transformers import TrainerCallback

    class Progress(TrainerCallback):
        begun, first = 0.0, 0

        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self.begun, self.first = time.monotonic(), state.global_step

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            if logs and "loss" in logs:
                done = max(state.global_step - self.first, 1)
                left = (time.monotonic() - self.begun) / done * (state.max_steps - state.global_step)
                loss = round(float(logs["loss"]), 4)
                say(stage=stage, step=state.global_step, of=state.max_steps, loss=loss, seconds_left=round(left))

    return Progress()


def base_model(config: dict[str, Any]) -> Any:
    """The base with its weights; in 4 bit where the recipe says so."""
    import torch
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    on_card = torch.cuda.is_available()
    options: dict[str, Any] = {"dtype": torch.bfloat16 if on_card or config["half"] else torch.float32}
    if config["quantize"] == "nf4":
        if not on_card:
            raise SystemExit("4-bit training (QLoRA) needs a card with CUDA: take the recipe cpu, or a host with a card")
        options["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=torch.bfloat16
        )
        options["device_map"] = {"": 0}
    return AutoModelForCausalLM.from_pretrained(config["base"], **options)


def texts(config: dict[str, Any], tokenizer: Any) -> tuple[list[dict[str, str]], list[dict[str, str]], int]:
    """(examples of supervised training, pairs of preference training, how many were longer than allowed and left out)."""
    taught, pairs, long = [], [], 0
    for row in rows(Path(config["data"])):
        prompt, completion = rendered(tokenizer, row["messages"], row["tools"], row["reply"])
        if len(tokenizer(prompt + completion)["input_ids"]) + 1 > config["length"]:
            long += 1
            continue
        taught.append({"prompt": prompt, "completion": completion})
        for wrong in row["wrong"]:
            other = rendered(tokenizer, row["messages"], row["tools"], wrong)[1]
            if other != completion and len(tokenizer(prompt + other)["input_ids"]) + 1 <= config["length"]:
                pairs.append({"prompt": prompt, "chosen": completion, "rejected": other})
    return taught, pairs, long


def latest(folder: Path) -> str | None:
    """The newest checkpoint of a stage."""
    found = sorted(folder.glob("checkpoint-*"), key=lambda p: int(p.name.rpartition("-")[2]))
    return str(found[-1]) if found else None


def train(config: dict[str, Any]) -> None:
    """Both stages; each is skipped if it was finished."""
    import torch
    from datasets import Dataset
    from peft import PeftModel
    from transformers import AutoTokenizer, set_seed
    from trl import DPOConfig, DPOTrainer, SFTConfig, SFTTrainer

    torch.set_num_threads(config["threads"])
    set_seed(config["seed"])
    out, work = Path(config["out"]), Path(config["work"])
    tokenizer = AutoTokenizer.from_pretrained(config["base"])
    taught, pairs, long = texts(config, tokenizer)
    if not taught:
        raise SystemExit(f"no example is short enough: the longest allowed has {config['length']} tokens")
    lengths = [len(tokenizer(t["prompt"] + t["completion"])["input_ids"]) for t in taught]
    say(examples=len(taught), pairs=len(pairs), left_out=long, tokens_mean=round(sum(lengths) / len(lengths), 1), tokens=sum(lengths))
    result: dict[str, Any] = {"examples": len(taught), "left_out": long, "tokens": sum(lengths)}
    begun = time.monotonic()
    spent = time.process_time()
    finished = work / "sft" / "done"
    if not (finished / "adapter_config.json").exists():
        options = SFTConfig(
            **common(config, work / "sft"),
            num_train_epochs=config["epochs"],
            max_steps=config["sft_steps"] or -1,
            learning_rate=config["sft_rate"],
        )
        trainer = SFTTrainer(
            model=base_model(config), args=options, train_dataset=Dataset.from_list(taught), processing_class=tokenizer,
            peft_config=lora(config), callbacks=[progress("sft")],
        )  # fmt: skip
        done = trainer.train(resume_from_checkpoint=latest(work / "sft"))
        trainer.save_model(str(finished))
        result["sft"] = {"steps": done.global_step, "loss": round(done.training_loss, 4)}
    stage = finished
    if config["dpo_steps"] and pairs:
        stage = work / "dpo" / "done"
        if not (stage / "adapter_config.json").exists():
            tuned = PeftModel.from_pretrained(base_model(config), str(finished), is_trainable=True)
            chosen = Dataset.from_list(pairs).shuffle(seed=config["seed"])
            settings = DPOConfig(
                **common(config, work / "dpo"), max_steps=config["dpo_steps"], learning_rate=config["dpo_rate"], beta=0.1,
            )  # fmt: skip
            preferring = DPOTrainer(
                model=tuned, args=settings, train_dataset=chosen, processing_class=tokenizer, callbacks=[progress("dpo")]
            )  # fmt: skip
            done = preferring.train(resume_from_checkpoint=latest(work / "dpo"))
            preferring.save_model(str(stage))
            result["dpo"] = {"steps": done.global_step, "loss": round(done.training_loss, 4), "pairs": len(pairs)}
    out.mkdir(parents=True, exist_ok=True)
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (out / name).write_bytes((stage / name).read_bytes())
    result |= {"seconds": round(time.monotonic() - begun, 1), "cpu_seconds": round(time.process_time() - spent, 1)}
    say(result=result)


def check(config: dict[str, Any]) -> None:
    """Build everything but the weights."""
    import torch
    from peft import get_peft_model
    from transformers import AutoConfig, AutoModelForCausalLM, Qwen3Config
    from trl import DPOConfig, SFTConfig

    out = Path(config["work"])
    SFTConfig(**common(config, out / "sft"), num_train_epochs=config["epochs"], learning_rate=config["sft_rate"])
    DPOConfig(**common(config, out / "dpo"), max_steps=config["dpo_steps"] or 1, learning_rate=config["dpo_rate"], beta=0.1)
    shape = AutoConfig.from_pretrained(config["base"]) if config["base"] else Qwen3Config(**config["shape"])
    with torch.device("meta"):
        model = get_peft_model(AutoModelForCausalLM.from_config(shape), lora(config))
    trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
    say(result={"trainable": trainable, "parameters": sum(p.numel() for p in model.parameters()) - trainable})


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    (check if "--check" in sys.argv[2:] else train)(given)
