"""Train, export and judge the small text-to-image model that ships with Easel.

Stages, in order: fetch, rasterise, caption, vae, clip, judge, unet, decoder, upscaler, evaluate,
export. Each leaves its work in one folder (``--work``) and goes on from there when called again.
"""
