"""`python -m benchmarks.kernel`: how fast the GPU kernel reads, beside how fast the card copies.

Copying reads and writes, the kernel reads: both in bytes that pass through the memory, a second. Goal: the kernel at
80% of the copy or more. Needs a GPU and Triton; says so where there is none."""

from __future__ import annotations

import importlib.util
import statistics
from collections.abc import Callable
from functools import partial

import torch

from diagnostics.statistics import WIDTH, Ask

GOAL = 0.8
REPEATS = 20

# Outputs as large as those of ResNet-50 at batch 256 and GPT-2-small at 16 × 1024: larger than any cache.
SHAPES: dict[str, tuple[tuple[int, ...], torch.dtype, torch.memory_format]] = {
    "convolution, bf16": ((256, 256, 56, 56), torch.bfloat16, torch.contiguous_format),
    "convolution, bf16, channels last": ((256, 256, 56, 56), torch.bfloat16, torch.channels_last),
    "transformer, bf16": ((16, 1024, 3072), torch.bfloat16, torch.contiguous_format),
    "transformer, fp32": ((16, 1024, 3072), torch.float32, torch.contiguous_format),
    "logits, bf16": ((16, 1024, 50257), torch.bfloat16, torch.contiguous_format),
}


def seconds(work: Callable[[], object]) -> float:
    """The median of the times that the device takes."""
    for _ in range(3):
        work()
    times: list[float] = []
    for _ in range(REPEATS):
        began, ended = (torch.cuda.Event(enable_timing=True) for _ in range(2))  # type: ignore[no-untyped-call]
        began.record()
        work()
        ended.record()
        ended.synchronize()
        times.append(began.elapsed_time(ended) / 1e3)
    return statistics.median(times)


def main() -> None:
    if not torch.cuda.is_available():
        print("not measured: no GPU")
        return
    if importlib.util.find_spec("triton") is None:
        print("not measured: no Triton")
        return
    from diagnostics.statistics.kernel import measure_into

    print(f"torch {torch.__version__}, {torch.cuda.get_device_name()}; goal {GOAL:.0%} of the copy\n")
    print("| tensor | copy, TB/s | kernel, TB/s | of the copy | with units |\n|---|---|---|---|---|")
    for name, (shape, dtype, memory) in SHAPES.items():
        x = torch.randn(shape, device="cuda").to(dtype).contiguous(memory_format=memory)
        size = x.numel() * x.element_size()
        row = torch.zeros(WIDTH, device="cuda")
        unit_dim = 1 if name.startswith("convolution") else -1
        active = torch.zeros(shape[unit_dim], device="cuda")
        copied = 2 * size / seconds(partial(torch.empty_like(x).copy_, x))
        read = size / seconds(partial(measure_into, x, row, None, Ask()))
        units = size / seconds(partial(measure_into, x, row, active, Ask(unit_dim=unit_dim)))
        rates = f"{copied / 1e12:.2f} | {read / 1e12:.2f} | {read / copied:.0%} | {units / copied:.0%}"
        print(f"| {name} | {rates} |", flush=True)


if __name__ == "__main__":
    main()
