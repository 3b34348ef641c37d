#!/usr/bin/env python3
"""Makes the kinds of files of docs/images.md, with Debian 12's Pillow 9.4, ImageMagick 6.9, libtiff-tools 4.5,
libjpeg-turbo-progs and webp: python3 make_kinds.py FOLDER

Beside each file NAME lies NAME.rgb: width and height (32 bits, little-endian), then R, G, B of each pixel as Pillow
gives them after exif_transpose, without alpha. A file without one has to be refused.
"""
import os, struct, subprocess, sys, zlib
from PIL import Image, ImageOps, PngImagePlugin, TiffImagePlugin

OUT = sys.argv[1]
os.makedirs(OUT, exist_ok=True)
W, H = 33, 21


def path(name):
    return os.path.join(OUT, name)


def pixel(x, y):
    if 6 <= y < 14 and 10 <= x < 22:
        return (200, 30, 40)
    n = (x * 73 + y * 151 + x * y * 7) % 19
    return ((x * 7 + n) % 256, (y * 11 + n) % 256, ((x + y) * 5 + n) % 256)


def alpha(x, y):
    return (x * 7 + y) % 256


RGB = Image.new('RGB', (W, H))
RGB.putdata([pixel(x, y) for y in range(H) for x in range(W)])
GRAY = RGB.convert('L')
RGBA = RGB.copy()
RGBA.putalpha(Image.frombytes('L', (W, H), bytes(alpha(x, y) for y in range(H) for x in range(W))))
LA = Image.merge('LA', (GRAY, RGBA.getchannel('A')))
PALETTE = RGB.quantize(200, dither=0)
PALETTE16 = RGB.quantize(15, dither=0)
PALETTE4 = RGB.quantize(4, dither=0)
BIT = GRAY.point(lambda v: 255 if v > 90 else 0).convert('1')
SMALL = RGB.crop((0, 0, 13, 9))


def truth(name, image=None):
    """Writes what Pillow reads, or an image that is given."""
    if image is None:
        image = ImageOps.exif_transpose(Image.open(path(name)))
    if image.mode in ('RGBA', 'LA', 'PA'):
        bands = image.convert('RGBA').split()[:3]
        image = Image.merge('RGB', bands)
    image = image.convert('RGB')
    with open(path(name) + '.rgb', 'wb') as file:
        file.write(struct.pack('<II', *image.size) + image.tobytes())


def save(image, name, **options):
    image.save(path(name), **options)
    truth(name)


def run(*command, stdout=None):
    subprocess.run(command, check=True, stdout=stdout)


def tool(name, *command, expected=None):
    """A file that another tool makes, as Pillow reads it; where Pillow does not, what it was made of."""
    run(*command)
    try:
        truth(name)
    except (OSError, SyntaxError, ValueError, KeyError) as error:
        print(f'Pillow does not read {name}: {error}')
        if expected is not None:
            truth(name, expected)


def tiff_exif(endian, kind, value, prefix=b''):
    """An EXIF block with an orientation of type SHORT (3) or LONG (4)."""
    order = b'II' if endian == '<' else b'MM'
    word = struct.pack(endian + 'H', value) + b'\0\0' if kind == 3 else struct.pack(endian + 'I', value)
    return prefix + order + struct.pack(endian + 'HIH', 42, 8, 1) + struct.pack(
        endian + 'HHI', 0x112, kind, 1) + word + b'\0\0\0\0'


def turned(image, orientation):
    """What a file that stores the image with this orientation shows."""
    ways = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
            5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
            8: Image.Transpose.ROTATE_90}
    return image.transpose(ways[orientation]) if orientation in ways else image


# JPEG
save(RGB, 'rgb-optimized.jpg', quality=85, optimize=True)
RGB.save(path('x.ppm'))
GRAY.save(path('x.pgm'))
for name, options in {
    'restart-blocks': ['-restart', '3B'], 'restart-rows': ['-restart', '1'], 'sampled-4x1': ['-sample', '4x1'],
    'sampled-1x2': ['-sample', '1x2'], 'sampled-2x2-1x1-2x1': ['-sample', '2x2,1x1,2x1'],
    'progressive-restart': ['-progressive', '-restart', '2B'], 'float-dct': ['-dct', 'float'], 'rgb-stored': ['-rgb'],
    'baseline-gray-progressive': ['-grayscale', '-progressive'], 'arithmetic': ['-arithmetic'],
}.items():
    tool(f'{name}.jpg', 'cjpeg', '-quality', '85', *options, '-outfile', path(f'{name}.jpg'), path('x.ppm'))
with open(path('scans.txt'), 'w') as file:
    file.write('0;\n1;\n2;\n')
tool('scan-per-component.jpg', 'cjpeg', '-quality', '85', '-scans', path('scans.txt'), '-outfile',
     path('scan-per-component.jpg'), path('x.ppm'))
os.remove(path('scans.txt'))
RGB.save(path('plain.jpg'), quality=85, subsampling=0)
plain = open(path('plain.jpg'), 'rb').read()
os.remove(path('plain.jpg'))
flat = Image.open(__import__('io').BytesIO(plain)).convert('RGB')
for orientation in range(1, 9):
    for name, endian, kind in (('', '<', 3), ('-long', '>', 4)):
        if kind == 4 and orientation not in (3, 6):
            continue
        block = tiff_exif(endian, kind, orientation, b'Exif\0\0')
        segment = b'\xff\xe1' + struct.pack('>H', len(block) + 2) + block
        name = f'exif-{orientation}{name}.jpg'
        with open(path(name), 'wb') as file:
            file.write(plain[:2] + segment + plain[2:])
        truth(name, turned(flat, orientation))
with open(path('followed.jpg'), 'wb') as file:
    file.write(plain + plain[:200])
truth('followed.jpg', flat)
with open(path('cut.jpg'), 'wb') as file:
    file.write(plain[:len(plain) * 2 // 3] + b'\xff\xd9')

# PNG
for name, image in {'gray': GRAY, 'bit': BIT, 'palette': PALETTE, 'rgb': RGB, 'rgba': RGBA, 'la': LA}.items():
    save(image, f'{name}.png')
for bits, image in {1: RGB.quantize(2, dither=0), 2: PALETTE4, 4: PALETTE16}.items():
    save(image, f'palette-{bits}.png', bits=bits)
save(PALETTE, 'palette-transparent.png', transparency=3)
save(RGB, 'color-transparent.png', transparency=(200, 30, 40))
for depth in (1, 2, 4):
    tool(f'gray-{depth}.png', 'convert', path('x.pgm'), '-depth', str(depth), '-type', 'Grayscale',
         '-define', f'png:bit-depth={depth}', '-define', 'png:color-type=0', path(f'gray-{depth}.png'))
for name, source in {'rgb': 'x.ppm', 'gray': 'x.pgm'}.items():
    tool(f'{name}-adam7.png', 'convert', path(source), '-interlace', 'PNG', path(f'{name}-adam7.png'))
tool('gamma.png', 'convert', path('x.ppm'), '-define', 'png:color-type=2', '-gamma', '1.0', path('gamma.png'))


def png_chunk(kind, content):
    return struct.pack('>I', len(content)) + kind + content + struct.pack('>I', zlib.crc32(kind + content))


def png_with(name, image, chunk=None, text=None, orientation=1):
    info = PngImagePlugin.PngInfo()
    if text is not None:
        info.add_text(*text, zip=True)
    image.save(path(name), pnginfo=info)
    if chunk is not None:
        # After the signature and the header.
        file = open(path(name), 'rb').read()
        with open(path(name), 'wb') as target:
            target.write(file[:33] + png_chunk(b'eXIf', chunk) + file[33:])
    truth(name, turned(image, orientation))


def raw_profile(block, kind='exif'):
    """As ImageMagick writes it."""
    digits = block.hex()
    lines = '\n'.join(digits[i:i + 72] for i in range(0, len(digits), 72))
    return (f'Raw profile type {kind}', f'\n{kind}\n{len(block):8}\n{lines}\n')


png_with('exif-6.png', RGB, chunk=tiff_exif('>', 3, 6), orientation=6)
png_with('exif-8-long.png', RGB, chunk=tiff_exif('<', 4, 8), orientation=8)
png_with('exif-3-prefixed.png', RGB, chunk=tiff_exif('<', 3, 3, b'Exif\0\0'), orientation=3)
png_with('exif-6-text.png', RGB, text=raw_profile(tiff_exif('<', 3, 6, b'Exif\0\0')), orientation=6)
png_with('app1-5-text.png', RGB, text=raw_profile(tiff_exif('>', 3, 5, b'Exif\0\0'), 'APP1'), orientation=5)

# BMP
for name, image in {'bit': BIT, 'palette': PALETTE, 'rgb': RGB, 'gray': GRAY}.items():
    save(image, f'{name}.bmp')
tool('v3.bmp', 'convert', path('x.ppm'), f'BMP3:{path("v3.bmp")}')
tool('v4.bmp', 'convert', path('x.ppm'), f'BMP:{path("v4.bmp")}')
tool('os2.bmp', 'convert', path('x.ppm'), f'BMP2:{path("os2.bmp")}')
PALETTE16.save(path('p16.png'))
tool('palette-4.bmp', 'convert', path('p16.png'), '-type', 'Palette', f'BMP3:{path("palette-4.bmp")}')
tool('rle8.bmp', 'convert', path('x.pgm'), '-compress', 'RLE', f'BMP3:{path("rle8.bmp")}')
os.remove(path('p16.png'))
tool('rgb565.bmp', 'convert', path('x.ppm'), '-define', 'bmp:subtype=RGB565', path('rgb565.bmp'))
tool('rgb555.bmp', 'convert', path('x.ppm'), '-define', 'bmp:subtype=RGB555', path('rgb555.bmp'))


def bmp(name, width, height, depth, compression, palette, data, expected):
    colors = b''.join(struct.pack('<BBBB', b, g, r, 0) for r, g, b in palette)
    offset = 14 + 40 + len(colors)
    with open(path(name), 'wb') as file:
        file.write(b'BM' + struct.pack('<IHHI', offset + len(data), 0, 0, offset))
        file.write(struct.pack('<IiiHHIIiiII', 40, width, height, 1, depth, compression, len(data), 0, 0,
                               len(palette), 0) + colors + data)
    image = Image.new('RGB', (width, abs(height)))
    image.putdata(expected)
    truth(name, image)


COLORS = [(10, 20, 30), (250, 0, 0), (0, 240, 0), (0, 0, 230), (99, 98, 97)]
rows = [[1, 1, 1, 2, 3], [4, 0, 4, 0, 4], [2, 2, 2, 2, 2]]
upright = [COLORS[i] for row in rows for i in row]
# From the bottom: a run; single ones; runs again.
RLE8 = (b'\x05\x02\x00\x00' b'\x00\x05\x04\x00\x04\x00\x04\x00\x00\x00' b'\x03\x01\x01\x02\x01\x03\x00\x01')
bmp('rle8-mixed.bmp', 5, 3, 8, 1, COLORS, RLE8, upright)
RLE4 = (b'\x05\x22\x00\x00' b'\x00\x05\x40\x40\x40\x00\x00\x00' b'\x03\x11\x02\x23\x00\x01')
bmp('rle4-mixed.bmp', 5, 3, 4, 2, COLORS, RLE4, upright)
# Gaps are of the first color of the palette, as Windows shows them: the end of a row, a delta, the end of the file.
RLE8_GAPS = b'\x02\x01\x00\x00' b'\x00\x02\x03\x01' b'\x01\x02\x00\x01'
gaps = [COLORS[0]] * 20
gaps[15] = gaps[16] = COLORS[1]
gaps[8] = COLORS[2]
bmp('rle8-gaps.bmp', 5, 4, 8, 1, COLORS, RLE8_GAPS, gaps)
RLE4_GAPS = b'\x02\x11\x00\x00' b'\x00\x02\x03\x01' b'\x01\x22\x00\x01'
bmp('rle4-gaps.bmp', 5, 4, 4, 2, COLORS, RLE4_GAPS, gaps)
bmp('rle8-no-end.bmp', 5, 3, 8, 1, COLORS, RLE8[:-2], upright)
flipped = [COLORS[i] for row in rows[::-1] for i in row]
packed = b''.join(bytes(row) + b'\0\0\0' for row in rows)
bmp('top-down.bmp', 5, -3, 8, 0, COLORS, packed, upright)

# WebP
for name, options in {'lossy': ['-q', '80'], 'lossless': ['-lossless'], 'near': ['-near_lossless', '60']}.items():
    tool(f'{name}.webp', 'cwebp', '-quiet', *options, path('x.ppm'), '-o', path(f'{name}.webp'))
save(RGBA, 'alpha-lossless.webp', lossless=True, exact=True)
for orientation, kind, prefix in ((6, 3, b''), (8, 4, b''), (3, 3, b'Exif\0\0')):
    name = f'exif-{orientation}.webp'
    RGB.save(path(name), lossless=True, exif=tiff_exif('<', kind, orientation, prefix))
    truth(name, turned(RGB, orientation))

# TIFF
for name, image in {'gray': GRAY, 'bit': BIT, 'palette': PALETTE, 'rgb': RGB, 'la': LA}.items():
    save(image, f'{name}.tif')
save(RGBA, 'rgba.tif')
RGB.save(path('x.tif'))
GRAY.save(path('g.tif'))
BIT.save(path('b.tif'))
PALETTE.save(path('p.tif'))
for name, source, options in (
    ('lzw', 'x', ['-c', 'lzw']), ('lzw-predictor', 'x', ['-c', 'lzw:2']), ('deflate', 'x', ['-c', 'zip']),
    ('deflate-predictor', 'x', ['-c', 'zip:2']), ('packbits', 'x', ['-c', 'packbits']),
    ('planar', 'x', ['-p', 'separate']), ('planar-lzw', 'x', ['-p', 'separate', '-c', 'lzw']),
    ('tiled', 'x', ['-t', '-w', '16', '-l', '16']), ('tiled-deflate', 'x', ['-t', '-w', '16', '-l', '32', '-c', 'zip']),
    ('tiled-planar', 'x', ['-t', '-w', '16', '-l', '16', '-p', 'separate']), ('rows', 'x', ['-r', '4']),
    ('big-endian', 'x', ['-B']), ('bigtiff', 'x', ['-8']), ('g3', 'b', ['-c', 'g3']), ('g3-2d', 'b', ['-c', 'g3:2d']),
    ('g4', 'b', ['-c', 'g4']), ('fill-order', 'b', ['-f', 'lsb2msb', '-c', 'g4']), ('palette-lzw', 'p', ['-c', 'lzw']),
    ('jpeg-gray', 'g', ['-c', 'jpeg:90']), ('jpeg-rgb', 'x', ['-c', 'jpeg:r:90']), ('jpeg-ycbcr', 'x', ['-c', 'jpeg:90']),
):
    tool(f'{name}.tif', 'tiffcp', *options, path(f'{source}.tif'), path(f'{name}.tif'))
for name, options in {
    'zstd': ['-c', 'zstd'], 'zstd-predictor': ['-c', 'zstd:2'], 'zstd-rows': ['-c', 'zstd', '-r', '4', '-B'],
    'zstd-tiled-planar': ['-c', 'zstd', '-t', '-w', '16', '-l', '16', '-p', 'separate'],
    'zstd-bigtiff': ['-c', 'zstd', '-8', '-r', '2'], 'webp': ['-c', 'webp'],
    'webp-lossless': ['-c', 'webp:0', '-r', '8'], 'webp-tiled': ['-c', 'webp', '-t', '-w', '16', '-l', '16'],
}.items():
    tool(f'{name}.tif', 'tiffcp', *options, path('x.tif'), path(f'{name}.tif'))
run('tiffcp', '-c', 'lzma', path('x.tif'), path('lzma.tif'))
RGBA.save(path('a.tif'))
run('tiffcp', '-c', 'webp', path('a.tif'), path('webp-alpha.tif'))
os.remove(path('a.tif'))
tool('min-is-white.tif', 'convert', path('x.pgm'), '-define', 'quantum:polarity=min-is-white', path('min-is-white.tif'))
for orientation in range(2, 9):
    name = f'orientation-{orientation}.tif'
    RGB.save(path(name), tiffinfo={274: orientation})
    truth(name, turned(RGB, orientation))
file = bytearray(open(path('orientation-6.tif'), 'rb').read())
at = file.index(struct.pack('<HHI', 274, 3, 1))
file[at + 2] = 4
with open(path('orientation-6-long.tif'), 'wb') as target:
    target.write(file)
truth('orientation-6-long.tif', turned(RGB, 6))
save(RGB.convert('CMYK'), 'cmyk.tif')
save(RGB.convert('CMYK'), 'cmyk-lzw.tif', compression='tiff_lzw')
run('convert', path('x.ppm'), '-colorspace', 'Lab', path('cielab.tif'))
GRAY.convert('F').save(path('float.tif'))
GRAY.convert('I').save(path('int32.tif'))
tool('gray-4.tif', 'convert', path('x.pgm'), '-depth', '4', path('gray-4.tif'))
tool('gray-2.tif', 'convert', path('x.pgm'), '-depth', '2', path('gray-2.tif'))


def deep(name, image):
    """16 bits, converted as this program does."""
    truth(name, image)


run('convert', path('x.ppm'), '-depth', '16', '-compress', 'LZW', path('rgb-16.tif'))
deep('rgb-16.tif', RGB)
run('convert', path('x.pgm'), '-depth', '16', path('gray-16.tif'))
deep('gray-16.tif', GRAY)
for name, source, options in (('zstd-16', 'rgb-16', ['-c', 'zstd:2', '-B']), ('zstd-16-gray', 'gray-16', ['-c', 'zstd'])):
    run('tiffcp', *options, path(f'{source}.tif'), path(f'{name}.tif'))
    deep(f'{name}.tif', RGB if source == 'rgb-16' else GRAY)
run('convert', path('x.ppm'), '-depth', '16', '-define', 'png:bit-depth=16', path('rgb-16.png'))
deep('rgb-16.png', RGB)
# An alpha that the colors were multiplied by.
light = Image.merge('RGBA', [GRAY.point(lambda v: v // 2)] * 3 + [Image.new('L', (W, H), 128)])
light.save(path('rgba-associated.tif'), tiffinfo={338: 1})
truth('rgba-associated.tif', Image.open(path('rgba-associated.tif')).convert('RGBA'))
for name in ('x.ppm', 'x.pgm', 'x.tif', 'g.tif', 'b.tif', 'p.tif'):
    os.remove(path(name))
print(len([name for name in os.listdir(OUT) if name.endswith('.rgb')]), 'files to read')
