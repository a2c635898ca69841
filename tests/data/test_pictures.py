import numpy as np
import pytest
from PIL import Image

from spreadtune.data.files import UnreadableImageError
from spreadtune.data.pictures import fitted, read_header, read_image, resized, suffixes

RAMP = np.arange(8 * 6, dtype=np.uint8).reshape(6, 8) * 5


def saved(tmp_path, image, suffix=".png", **options):
    file = tmp_path / f"image{suffix}"
    image.save(file, **options)
    return file


@pytest.mark.parametrize(
    ("mode", "grey"),
    [("L", True), ("1", True), ("LA", True), ("RGB", False), ("RGBA", False), ("P", False)],
)
def test_grey_is_what_the_format_says(tmp_path, mode, grey):
    image = Image.fromarray(np.stack([RAMP, RAMP // 2, RAMP], axis=2)).convert(mode)
    header = read_header(saved(tmp_path, image))
    assert (header.grey, header.height, header.width) == (grey, 6, 8)


def test_a_palette_of_greys_is_grey(tmp_path):
    image = Image.fromarray(RAMP)
    palette = image.convert("P")
    palette.putpalette([level for level in range(256) for _ in "rgb"])
    file = saved(tmp_path, palette)
    assert read_header(file).grey
    np.testing.assert_array_equal(read_image(file, 1, None)[0], RAMP)


GREY = Image.fromarray(RAMP)
COLOR = Image.fromarray(np.stack([RAMP, RAMP, RAMP], axis=2))
SIXTEEN = Image.fromarray(RAMP.astype(np.uint16) * 257)
KINDS = {
    "grey": (GREY, ".png"),
    "color": (COLOR, ".png"),
    "palette": (COLOR.quantize(256), ".png"),
    "grey and alpha": (GREY.convert("LA"), ".png"),
    "color and alpha": (COLOR.convert("RGBA"), ".webp"),
    "CMYK": (COLOR.convert("CMYK"), ".jpg"),
    "YCbCr": (COLOR.convert("YCbCr"), ".jpg"),
    "16 bits": (SIXTEEN, ".png"),
    "16 bits in 32": (SIXTEEN.convert("I"), ".tiff"),
    "portable": (COLOR, ".ppm"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("channels", [1, 3])
def test_every_kind_of_pixel_becomes_eight_bits(tmp_path, kind, channels):
    image, suffix = KINDS[kind]
    options = {".jpg": {"quality": 100, "subsampling": 0}, ".webp": {"lossless": True}}.get(suffix, {})
    decoded = read_image(saved(tmp_path, image, suffix, **options), channels, None)
    assert decoded.dtype == np.uint8
    assert decoded.shape == (channels, 6, 8)
    assert np.abs(decoded.astype(int) - RAMP).max() <= 3


def test_black_and_white_becomes_the_ends_of_the_range(tmp_path):
    file = saved(tmp_path, Image.fromarray(RAMP > 100))
    np.testing.assert_array_equal(read_image(file, 1, None)[0], np.where(RAMP > 100, 255, 0))


def test_transparent_parts_are_white(tmp_path):
    pixels = np.zeros((4, 4, 4), dtype=np.uint8)
    pixels[:2, :, 3] = 255
    file = saved(tmp_path, Image.fromarray(pixels))
    np.testing.assert_array_equal(read_image(file, 3, None)[:, :, 0].T, [[0] * 3, [0] * 3, [255] * 3, [255] * 3])
    grey = saved(tmp_path, Image.fromarray(pixels[..., [0, 3]]), ".tiff")
    np.testing.assert_array_equal(read_image(grey, 1, None)[0, :, 0], [0, 0, 255, 255])


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_exif_orientation_is_applied(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = saved(tmp_path, Image.fromarray(RAMP), exif=exif)
    turns = {1: 0, 3: 2, 6: 3, 8: 1}[orientation]
    expected = np.rot90(RAMP, turns)
    header = read_header(file)
    assert (header.height, header.width) == expected.shape
    np.testing.assert_array_equal(read_image(file, 1, None)[0], expected)


def test_the_first_frame_of_several_is_taken(tmp_path):
    frames = [Image.fromarray(np.full((4, 4), level, dtype=np.uint8)) for level in (10, 200)]
    file = saved(tmp_path, frames[0], ".gif", save_all=True, append_images=frames[1:])
    assert np.all(read_image(file, 1, None) == 10)


@pytest.mark.parametrize(
    ("suffix", "content"),
    [(".png", b""), (".jpg", b"not an image"), (".png", b"\x89PNG\r\n\x1a\n\0\0"), (".gif", b"GIF89a\xff")],
)
def test_what_is_no_image_is_named(tmp_path, suffix, content):
    file = tmp_path / f"broken{suffix}"
    file.write_bytes(content)
    for read in (read_header, lambda file: read_image(file, 3, None)):
        with pytest.raises(UnreadableImageError, match=f"broken{suffix} \\(.+\\)"):
            read(file)


def test_a_truncated_image_is_named(tmp_path):
    file = saved(tmp_path, Image.effect_noise((64, 64), 50), ".jpg")
    file.write_bytes(file.read_bytes()[:-500])
    assert read_header(file).grey
    with pytest.raises(UnreadableImageError, match=r"image\.jpg \(.*truncated"):
        read_image(file, 1, None)


def test_pixels_that_eight_bits_cannot_tell_are_refused(tmp_path):
    for values in (RAMP.astype(np.float32), RAMP.astype(np.int32) * 100_000):
        with pytest.raises(UnreadableImageError, match="save it with 8 or 16"):
            read_image(saved(tmp_path, Image.fromarray(values), ".tiff"), 1, None)


@pytest.mark.parametrize(("width", "height"), [(40, 20), (20, 40), (20, 20), (10, 5), (7, 30)])
def test_size_keeps_the_middle_square(width, height):
    across = np.linspace(0, 255, width)[None] + np.zeros((height, 1))
    image = Image.fromarray(across.astype(np.uint8))
    square = np.asarray(fitted(image, 10)).astype(float)
    assert square.shape == (10, 10)
    side = min(width, height)
    middle = across[0, (width - side) // 2 : (width + side + 1) // 2]
    assert square.mean() == pytest.approx(middle.mean(), abs=2)
    assert square[:, 0].mean() == pytest.approx(middle[0], abs=255 / width + 20)


def test_shrinking_is_antialiased():
    stripes = np.tile(np.array([0, 255], dtype=np.uint8), (64, 32))
    assert np.asarray(fitted(Image.fromarray(stripes), 8))[:, 1:-1].std() < 2


def test_a_large_jpeg_shrinks_to_what_the_whole_one_shrinks_to(tmp_path):
    random = np.random.default_rng(0)
    smooth = Image.fromarray(random.integers(0, 256, (8, 12, 3), dtype=np.uint8)).resize((600, 400))
    file = saved(tmp_path, smooth, ".jpg", quality=95)
    with Image.open(file) as whole:
        expected = np.asarray(fitted(whole.convert("RGB"), 32)).transpose(2, 0, 1)
    assert np.abs(read_image(file, 3, 32).astype(int) - expected).max() <= 6


def test_arrays_of_any_number_of_channels_are_resized_alike():
    image = np.stack([RAMP] * 5)
    square = resized(image, 4)
    assert square.shape == (5, 4, 4)
    np.testing.assert_array_equal(square[3], np.asarray(fitted(Image.fromarray(RAMP), 4)))
    assert resized(square, 4) is square


def test_suffixes_are_those_of_images():
    assert {".png", ".jpg", ".jpeg", ".webp", ".tif", ".bmp", ".gif", ".ppm"} <= suffixes()
    assert not {".pdf", ".txt", ".csv", ".npy", ".mpg", ".h5"} & suffixes()
