"""Encoders, decoders and heads."""

from spreadtune.models.decoder import build_decoder
from spreadtune.models.encoder import Encoder, build_encoder
from spreadtune.models.heads import build_head

__all__ = ["Encoder", "build_decoder", "build_encoder", "build_head"]
