#!/usr/bin/env python3
"""Makes the DICOM files of docs/images.md, with Debian 12's pydicom 2.3, numpy 1.24 and dcmtk 3.6.7:
/usr/bin/python3 make_dicom.py FOLDER

Beside each file NAME lies NAME.values: columns, rows, frames and samples per pixel (32 bits, little-endian), then the
samples of all frames as pydicom or dcmtk decode them (signed, 32 bits), interleaved. NAME.window, where there is one,
has a byte for each sample of the first frame: what pydicom makes of it by rescale and window, as 0 to 255. A file
without NAME.values has to be refused.
"""
import os, struct, subprocess, sys
import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.pixel_data_handlers.util import apply_modality_lut, apply_voi_lut
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless

OUT = sys.argv[1]
os.makedirs(OUT, exist_ok=True)
W, H = 31, 22
SECRET = 'Geheim^Paul'


def path(name):
    return os.path.join(OUT, name)


def samples(bits, frames=1, channels=1, signed=False):
    """A slope, a disk and texture that use the range of the bits; the same numbers every time."""
    y, x, f, c = np.meshgrid(range(H), range(W), range(frames), range(channels), indexing='ij')
    v = (x * 70 + y * 110 + f * 333 + c * 57 + (x * 73 + y * 151 + x * y * 7) % 190) * (1 << bits) // 5400
    v = np.where((x - 20) ** 2 + (y - 9) ** 2 < 25, (1 << bits) - 1 - v // 3, v)
    v[0, 0], v[0, 1] = 0, (1 << bits) - 1
    v = v % (1 << bits) - ((1 << bits - 1) if signed else 0)
    return v.transpose(2, 0, 1, 3)


def make(name, values, bits, allocated=16, photometric='MONOCHROME2', syntax=ExplicitVRLittleEndian, high=None,
         planar=0, edit=None, **attributes):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = '1.2.840.10008.5.1.4.1.1.7'
    meta.MediaStorageSOPInstanceUID = '1.2.826.0.1.3680043.8.498.1'
    meta.TransferSyntaxUID = syntax
    meta.ImplementationClassUID = '1.2.826.0.1.3680043.8.498'
    data = FileDataset(path(name), {}, file_meta=meta, preamble=b'\0' * 128)
    data.is_little_endian = True
    data.is_implicit_VR = syntax == ImplicitVRLittleEndian
    data.SOPClassUID = meta.MediaStorageSOPClassUID
    data.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    data.PatientName = SECRET
    data.PatientID = 'SECRET-4711'
    data.PatientBirthDate = '19610203'
    data.InstitutionName = 'Geheime Klinik'
    frames, rows, columns, channels = values.shape
    data.Rows, data.Columns, data.SamplesPerPixel = rows, columns, channels
    if frames > 1:
        data.NumberOfFrames = frames
    data.PhotometricInterpretation = photometric
    data.BitsAllocated, data.BitsStored = allocated, bits
    data.HighBit = bits - 1 if high is None else high
    signed = values.min() < 0
    data.PixelRepresentation = int(signed)
    for key, value in attributes.items():
        setattr(data, key, value)
    if channels > 1:
        data.PlanarConfiguration = planar
    if edit:
        edit(data)
    # Signed samples fill the bits above, as most writers do.
    mask = (1 << (allocated if signed else bits)) - 1
    stored = (values & mask) << (data.HighBit + 1 - bits)
    if planar:
        stored = stored.transpose(0, 3, 1, 2)
    data.PixelData = stored.astype('<u2' if allocated == 16 else 'u1').tobytes()
    if len(data.PixelData) % 2:
        data.PixelData += b'\0'
    if syntax == RLELossless:
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data.save_as(path(name), write_like_original=False)
        run('dcmcrle', path(name), path(name))
    else:
        data.save_as(path(name), write_like_original=False)
    truth(name, values, photometric)


def run(*arguments):
    subprocess.run(arguments, check=True)


def truth(name, values, photometric='MONOCHROME2'):
    read = pydicom.dcmread(path(name))
    frames, rows, columns, channels = values.shape
    # Where the high bit is not the highest of those stored, pydicom 2.3 does not move samples; dcmtk does not either.
    if read.HighBit == read.BitsStored - 1 and '1.2.840.10008.1.2.4' not in read.file_meta.TransferSyntaxUID:
        array = read.pixel_array.reshape(values.shape)
        assert (array == values).all(), name
    with open(path(name) + '.values', 'wb') as file:
        file.write(struct.pack('<IIII', columns, rows, frames, channels) + values.astype('<i4').tobytes())
    if 'WindowCenter' in read and channels == 1:
        first = values[0, :, :, 0]
        result = apply_voi_lut(apply_modality_lut(first, read), read, prefer_lut=False)
        # pydicom's window gives the range of the values after rescaling: brought to 0 to 255.
        low, top = apply_voi_lut(np.array([-1e9, 1e9]), read, prefer_lut=False)
        gray = np.floor((result - low) / (top - low) * 255 + 0.5).astype('u1')
        if photometric == 'MONOCHROME1':
            gray = 255 - gray
        with open(path(name) + '.window', 'wb') as file:
            file.write(gray.tobytes())


def compress(name, source, *options):
    run('dcmcjpeg', *options, path(source), path(name))
    run('dcmdjpeg', path(name), '/tmp/plain.dcm')
    plain = pydicom.dcmread('/tmp/plain.dcm').pixel_array
    frames = struct.unpack('<IIII', open(path(source) + '.values', 'rb').read(16))
    truth(name, plain.reshape(frames[2], frames[1], frames[0], frames[3]).astype('i4'))


make('mono2-8.dcm', samples(8), 8, 8)
make('mono1-8.dcm', samples(8), 8, 8, 'MONOCHROME1')
make('mono2-12.dcm', samples(12), 12, WindowCenter=['2000', '300'], WindowWidth=['1500', '20'])
make('mono1-12.dcm', samples(12), 12, photometric='MONOCHROME1', WindowCenter='2000.5', WindowWidth='1501')
make('mono2-10.dcm', samples(10), 10)
make('mono2-14-implicit.dcm', samples(14), 14, syntax=ImplicitVRLittleEndian)
make('mono2-16.dcm', samples(16), 16)
make('high-bit.dcm', samples(12), 12, high=15)
make('signed-12.dcm', samples(12, signed=True), 12, RescaleSlope='1', RescaleIntercept='-1024',
     WindowCenter='-1000', WindowWidth='2000')
make('signed-16.dcm', samples(16, signed=True), 16, RescaleSlope='0.5', RescaleIntercept='10.25',
     WindowCenter='40', WindowWidth='20000.5')
make('falling.dcm', samples(12), 12, RescaleSlope='-2', RescaleIntercept='4095',
     WindowCenter='100', WindowWidth='3000')
make('frames.dcm', samples(12, frames=3), 12)
make('rgb.dcm', samples(8, channels=3), 8, 8, 'RGB')
make('rgb-planes.dcm', samples(8, frames=2, channels=3), 8, 8, 'RGB', planar=1)
make('rle-8.dcm', samples(8), 8, 8, syntax=RLELossless)
make('rle-16.dcm', samples(16), 16, syntax=RLELossless)
make('rle-frames.dcm', samples(12, frames=3), 12, syntax=RLELossless)
make('rle-rgb.dcm', samples(8, channels=3), 8, 8, 'RGB', syntax=RLELossless)


def nest(data):
    deep = Dataset()
    deep.CodeMeaning = SECRET
    for _ in range(6):
        outer = Dataset()
        outer.is_undefined_length_sequence_item = True
        outer.AnatomicRegionSequence = Sequence([deep])
        outer['AnatomicRegionSequence'].is_undefined_length = True
        deep = outer
    data.RequestAttributesSequence = Sequence([deep])
    data['RequestAttributesSequence'].is_undefined_length = True
    data.ProcedureCodeSequence = Sequence([Dataset()])


def groups(data):
    meaning = Dataset()
    meaning.RescaleSlope, meaning.RescaleIntercept, meaning.RescaleType = '3', '7', 'US'
    shared = Dataset()
    shared.PixelValueTransformationSequence = Sequence([meaning])
    data.SharedFunctionalGroupsSequence = Sequence([shared])


make('nested.dcm', samples(12), 12, edit=nest)
make('nested-implicit.dcm', samples(12), 12, edit=nest, syntax=ImplicitVRLittleEndian)
make('groups.dcm', samples(12), 12, edit=groups)
make('groups-implicit.dcm', samples(12), 12, edit=groups, syntax=ImplicitVRLittleEndian)
compress('jpeg-8.dcm', 'mono2-8.dcm', '+e1')
compress('jpeg-12.dcm', 'mono2-12.dcm', '+e1')
compress('jpeg-16.dcm', 'mono2-16.dcm', '+e1')
compress('jpeg-frames.dcm', 'frames.dcm', '+e1')
compress('jpeg-rgb.dcm', 'rgb.dcm', '+e1', '+cn')
for predictor in range(2, 8):
    compress(f'jpeg-predictor-{predictor}.dcm', 'mono2-16.dcm', '+el', '+sv', str(predictor))
compress('jpeg-fragments.dcm', 'mono2-12.dcm', '+e1', '+fs', '1')


def refused(name, source='mono2-8.dcm', **attributes):
    data = pydicom.dcmread(path(source))
    for key, value in attributes.items():
        setattr(data, key, value)
    data.save_as(path(name), write_like_original=False)


run('dcmconv', '+tb', path('mono2-12.dcm'), path('big-endian.dcm'))
run('dcmconv', '+td', path('mono2-12.dcm'), path('deflated.dcm'))
run('dcmcjpeg', '+eb', path('mono2-8.dcm'), path('jpeg-baseline.dcm'))
refused('ybr.dcm', 'rgb.dcm', PhotometricInterpretation='YBR_FULL')
refused('palette.dcm', PhotometricInterpretation='PALETTE COLOR')
refused('bits-32.dcm', 'mono2-16.dcm', BitsAllocated=32, BitsStored=32, HighBit=31)
entry = Dataset()
entry.LUTDescriptor, entry.LUTData, entry.ModalityLUTType = [4, 0, 16], bytes(8), 'US'
refused('modality-table.dcm', ModalityLUTSequence=Sequence([entry]))
data = pydicom.dcmread(path('mono2-8.dcm'))
del data.PixelData
data.save_as(path('no-pixels.dcm'), write_like_original=False)
os.rename(path('mono2-10.dcm'), path('no-extension'))
os.rename(path('mono2-10.dcm.values'), path('no-extension.values'))
