"""Views for colour images as in SimCLR (Chen et al., ICML 2020, arXiv:2002.05709, appendix A).

In this order: random resized crop, mirror, colour jitter, no colour, blur. All of it makes the view, blur too: a
decoder reconstructs what the encoder saw, so targets are the inputs. To ask for what the blur took away would reward
knowing the class rather than the image.

The operations are torchvision's, and tests hold every one against it. They are written anew because torchvision draws
once for whatever it is handed, so a batch would have to pass image by image: 13 times as slow on one core at 32x32
pixels, where kornia's took 2.4 times as long (benchmarks/results/2026-11-24-views.md). Ours also draw from the stream
they are given, and for a part of a batch what they draw for the whole.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from spreadtune.data.blur import blur, draw_sigma, kernel_radius
from spreadtune.data.colour import Jitter, draw_jitter, jitter, without_colour
from spreadtune.data.crop import Crops, draw_crops, look
from spreadtune.data.views import DrawnAugmentation, Draws, Views, to_pixels
from spreadtune.errors import UserError
from spreadtune.spec.data import SMALLEST_SIGMA, SimclrAugmentation

CACHED = 2**18
"""Pixel values that are worked on at once on a CPU, a mebibyte. A large batch takes twice as long in one go."""


@dataclass(frozen=True, eq=False)
class SimclrDraws(Draws):
    """Attributes: crops: what each view shows; jitter: its changes of colour; colourless: bool (V, B); sigma: of the
    blur, (V, B), 0 where there is none.
    """

    crops: Crops
    jitter: Jitter
    colourless: Tensor
    sigma: Tensor


class SimclrViews(DrawnAugmentation[SimclrDraws]):
    """Views under ``config``; inputs and targets are the same."""

    def __init__(self, config: SimclrAugmentation) -> None:
        self.config = config

    def draw(self, image_shape: tuple[int, ...], views: int, batch: int, generator: torch.Generator) -> SimclrDraws:
        """See :meth:`DrawnAugmentation.draw`.

        Raises:
            UserError: the images have neither one channel nor three.
        """
        config = self.config
        channels, height, width = image_shape
        if channels not in (1, 3):
            raise UserError(f"data.augmentation: simclr is for images of 1 or 3 channels, these have {channels}")
        return SimclrDraws(
            crops=draw_crops(
                (height, width),
                views,
                batch,
                generator,
                smallest_area=config.area,
                largest_ratio=config.ratio,
                mirrored=config.flip,
            ),
            jitter=draw_jitter(
                views,
                batch,
                generator,
                probability=config.jitter,
                brightness=config.brightness,
                contrast=config.contrast,
                saturation=config.saturation,
                hue=config.hue,
            ),
            colourless=torch.rand(views, batch, generator=generator, device=generator.device) < config.grayscale,
            sigma=draw_sigma(
                views, batch, generator, probability=config.blur, smallest=SMALLEST_SIGMA, largest=config.sigma
            ),
        )

    def apply(self, images: Tensor, draws: SimclrDraws) -> Views:
        views = [
            self._views(images[block], draws.part(block)) for block in _blocks(images, views=len(draws.colourless))
        ]
        pixels = torch.cat(views, dim=1)
        return Views(inputs=pixels, targets=pixels)

    def _views(self, images: Tensor, draws: SimclrDraws) -> Tensor:
        """Pixels (V, b, C, H, W) of b images."""
        config = self.config
        seen = look(to_pixels(images), draws.crops)
        pixels = seen.flatten(0, 1)
        if config.jitter > 0:
            factors, order = draws.jitter.factors.flatten(0, 1), draws.jitter.order.flatten(0, 1)
            pixels = jitter(pixels, factors, order, with_hue=config.hue > 0)
        if config.grayscale > 0:
            pixels = without_colour(pixels, draws.colourless.flatten())
        if config.blur > 0:
            pixels = blur(pixels, draws.sigma.flatten(), kernel_radius((images.shape[2], images.shape[3])))
        return pixels.view_as(seen)


def _blocks(images: Tensor, views: int) -> list[slice]:
    """Positions of the images that are worked on at once: on a CPU as many as its cache holds, elsewhere all."""
    if images.device.type != "cpu":
        return [slice(None)]
    size = max(1, CACHED // (views * images.shape[1:].numel()))
    return [slice(start, start + size) for start in range(0, len(images), size)]


def build(config: SimclrAugmentation) -> SimclrViews:
    """What ``simclr`` builds."""
    return SimclrViews(config.at_full_strength())
