"""ComfyUI's start flags beside ours: those with a meaning here do it, the rest are accepted."""

from __future__ import annotations

import argparse
import os
import ssl
from collections.abc import Iterator
from pathlib import Path

SWITCHES = (
    "lowvram", "novram", "normalvram", "highvram", "gpu-only", "disable-smart-memory",
    "deterministic", "fp16-unet", "bf16-unet", "fp32-unet", "fp64-unet", "fp8_e4m3fn-unet",
    "fp8_e5m2-unet", "fp8_e8m0fnu-unet", "fp16-vae", "bf16-vae", "fp32-vae", "cpu-vae",
    "fp8_e4m3fn-text-enc", "fp8_e5m2-text-enc", "fp16-text-enc", "bf16-text-enc", "fp32-text-enc",
    "force-fp16", "force-fp32", "use-sage-attention", "use-flash-attention",
    "use-pytorch-cross-attention", "use-split-cross-attention", "use-quad-cross-attention",
    "disable-xformers", "force-upcast-attention", "dont-upcast-attention", "cache-classic",
    "cache-none", "disable-api-nodes", "disable-auto-launch",
    "windows-standalone-build", "log-stdout", "dont-print-server", "async-offload",
    "disable-async-offload", "force-non-blocking", "mmap-torch-files", "disable-mmap",
    "cuda-malloc", "disable-cuda-malloc", "force-channels-last", "disable-ipex-optimize",
    "supports-fp8-compute", "enable-compress-response-body", "quick-test-for-ci",
    "disable-pinned-memory", "enable-manager", "enable-manager-legacy-ui", "disable-manager-ui",
)  # fmt: skip
VALUES = (
    "reserve-vram", "preview-method", "preview-size", "cache-lru", "front-end-version",
    "front-end-root", "oneapi-device-selector", "default-hashing-function", "database-url",
    "comfy-api-base", "vram-headroom",
)  # fmt: skip
PERHAPS = (
    "verbose", "directml", "cache-ram",
)  # fmt: skip
LISTS = ("fast",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """All of them; those without a meaning here are not in the help."""
    group = parser.add_argument_group("ComfyUI's, with their meaning")
    group.add_argument("--cpu", action="store_true", help="as --device cpu")
    group.add_argument("--cuda-device", metavar="N", help="hide all cards but these")
    group.add_argument("--default-device", metavar="N", type=int, help="as --device cuda:N")
    group.add_argument("--disable-metadata", action="store_true", help="no workflow in pictures")
    group.add_argument("--max-upload-size", type=float, default=100, metavar="MB")
    group.add_argument("--multi-user", action="store_true", help="settings for each user")
    group.add_argument(
        "--enable-cors-header", nargs="?", const="*", metavar="ORIGIN", help="let a page ask"
    )
    group.add_argument("--tls-keyfile", type=Path, metavar="FILE")
    group.add_argument("--tls-certfile", type=Path, metavar="FILE")
    group.add_argument("--auto-launch", action="store_true", help="open the browser")
    for name in SWITCHES:
        parser.add_argument(f"--{name}", action="store_true", help=argparse.SUPPRESS)
    for name in VALUES:
        parser.add_argument(f"--{name}", help=argparse.SUPPRESS)
    for name in PERHAPS:
        parser.add_argument(f"--{name}", nargs="?", const=True, help=argparse.SUPPRESS)
    for name in LISTS:
        parser.add_argument(f"--{name}", nargs="*", help=argparse.SUPPRESS)


def apply(args: argparse.Namespace) -> None:
    """Do what those with a meaning mean."""
    if args.cpu:
        args.device = "cpu"
    elif args.default_device is not None:
        args.device = f"cuda:{args.default_device}"
    if args.cuda_device is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = args.cuda_device


def without_meaning(args: argparse.Namespace) -> Iterator[str]:
    """Those that were given and change nothing."""
    for name in (*SWITCHES, *VALUES, *PERHAPS, *LISTS):
        if getattr(args, name.replace("-", "_")) not in (None, False):
            yield name
    if args.whitelist_custom_nodes and not args.disable_all_custom_nodes:
        yield "whitelist-custom-nodes without --disable-all-custom-nodes"


def origins(args: argparse.Namespace) -> list[str]:
    """The foreign pages that may ask."""
    return [args.enable_cors_header] if args.enable_cors_header else []


def tls(args: argparse.Namespace) -> ssl.SSLContext | None:
    """What https needs, if it is wanted."""
    if args.tls_certfile is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(args.tls_certfile, args.tls_keyfile)
    return context
