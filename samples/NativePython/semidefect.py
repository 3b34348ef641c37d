"""SemiDefect.Anomaly for Python: a thin layer of ctypes over the library semidefect_native, without dependencies.

    detector = semidefect.Detector("line3.sdad", library="native/semidefect_native.so")
    result = detector.inspect("image.png")
    print(result.decision, result.score, result.threshold)

docs/native.md describes the library. Every object can be used by several threads at once; ctypes releases the global
lock of the interpreter during a call.
"""
import ctypes
import os
from collections import namedtuple

ABI_VERSION = 1
DECISIONS = ("normal", "check", "abnormal")

# The order of the bytes of a pixel, 8 bits each.
GRAY, RGB, RGBA, BGR, BGRA = 1, 3, 4, 0x103, 0x104
_BYTES = {GRAY: 1, RGB: 3, RGBA: 4, BGR: 3, BGRA: 4}

Thresholds = namedtuple("Thresholds", "threshold check pixel")
Region = namedtuple("Region", "centroid_x centroid_y x y width height area peak peak_x peak_y")


class Error(Exception):
    """A call that failed; status is one of SD_ERROR_... of semidefect.h."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class _Thresholds(ctypes.Structure):
    _fields_ = [(name, ctypes.c_double) for name in ("threshold", "check", "pixel")]


class _Result(ctypes.Structure):
    _fields_ = [(name, ctypes.c_double) for name in ("score", "threshold", "check", "pixel_threshold", "p_value")] + [
        (name, ctypes.c_int32) for name in ("decision", "width", "height", "regions")]


class _Region(ctypes.Structure):
    _fields_ = [("centroid_x", ctypes.c_double), ("centroid_y", ctypes.c_double)] + [
        (name, ctypes.c_int32) for name in ("x", "y", "width", "height", "area")] + [
        ("peak", ctypes.c_float), ("peak_x", ctypes.c_int32), ("peak_y", ctypes.c_int32)]


class _Library:
    _loaded = {}

    @classmethod
    def load(cls, path):
        """Loads the library once per path; by default from $SEMIDEFECT_NATIVE or beside this file."""
        ending = ".dll" if os.name == "nt" else ".so"
        path = os.path.abspath(path or os.environ.get("SEMIDEFECT_NATIVE") or os.path.join(
            os.path.dirname(os.path.abspath(__file__)), "semidefect_native" + ending))
        if path not in cls._loaded:
            cls._loaded[path] = cls(ctypes.CDLL(path))
        return cls._loaded[path]

    def __init__(self, functions):
        handle, out = ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p)
        text, size, number = ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int32
        arguments = {
            "sd_detector_load": [text, number, out],
            "sd_detector_thresholds": [handle, ctypes.POINTER(_Thresholds)],
            "sd_detector_free": [handle],
            "sd_inspect_file": [handle, text, out],
            "sd_inspect_bytes": [handle, ctypes.c_void_p, size, out],
            "sd_inspect_pixels": [handle, ctypes.c_void_p, number, number, ctypes.c_ssize_t, number, out],
            "sd_inspection_result": [handle, ctypes.POINTER(_Result)],
            "sd_inspection_map": [handle, ctypes.c_void_p, size],
            "sd_inspection_region": [handle, number, ctypes.POINTER(_Region)],
            "sd_inspection_free": [handle],
        }
        for name, types in arguments.items():
            function = getattr(functions, name)
            function.argtypes, function.restype = types, ctypes.c_int32
        functions.sd_version.restype = functions.sd_last_error.restype = text
        self._functions = functions
        if functions.sd_abi_version() != ABI_VERSION:
            raise Error(0, f"the library has ABI version {functions.sd_abi_version()}; {ABI_VERSION} is needed")
        self.version = functions.sd_version().decode()

    def call(self, name, *arguments):
        status = getattr(self._functions, name)(*arguments)
        if status != 0:
            # Of this thread: the interpreter makes no other call in between.
            raise Error(status, self._functions.sd_last_error().decode())

    def make(self, name, *arguments):
        handle = ctypes.c_void_p()
        self.call(name, *arguments, ctypes.byref(handle))
        return handle


class Inspection:
    """The result for one image. width and height are those of the image, upright, and of the map."""

    def __init__(self, library, handle):
        try:
            result = _Result()
            library.call("sd_inspection_result", handle, ctypes.byref(result))
            self.score, self.threshold, self.check = result.score, result.threshold, result.check
            self.pixel_threshold, self.p_value = result.pixel_threshold, result.p_value
            self.decision = DECISIONS[result.decision]
            self.width, self.height = result.width, result.height
            self.regions = []
            for index in range(result.regions):
                region = _Region()
                library.call("sd_inspection_region", handle, index, ctypes.byref(region))
                self.regions.append(Region(*(getattr(region, name) for name in Region._fields)))
            self._map = (ctypes.c_float * (result.width * result.height))()
            library.call("sd_inspection_map", handle, self._map, len(self._map))
        finally:
            library.call("sd_inspection_free", handle)

    @property
    def map(self):
        """The anomaly map: a memoryview of float32, [height][width]; numpy.asarray takes it without a copy."""
        return memoryview(self._map).cast("B").cast("f", (self.height, self.width))


class Detector:
    """A detector file. threads: for one inspection; 0 for one per core. Closed by close(), or by a with block."""

    def __init__(self, path, threads=0, library=None):
        self._handle = None
        self._library = _Library.load(library)
        self._handle = self._library.make("sd_detector_load", os.fsencode(path), threads)
        thresholds = _Thresholds()
        self._library.call("sd_detector_thresholds", self._handle, ctypes.byref(thresholds))
        self.thresholds = Thresholds(thresholds.threshold, thresholds.check, thresholds.pixel)
        self.version = self._library.version

    def inspect(self, path):
        """Inspects an image file."""
        return self._inspection("sd_inspect_file", os.fsencode(path))

    def inspect_bytes(self, content):
        """Inspects the bytes of an image file."""
        content = bytes(content)
        return self._inspection("sd_inspect_bytes", content, len(content))

    def inspect_pixels(self, pixels, width, height, format=RGB, stride=None):
        """Inspects pixels: anything with the buffer protocol, such as bytes or a NumPy array in C order."""
        content = bytes(memoryview(pixels).cast("B"))
        stride = stride or width * _BYTES.get(format, 4)
        if width < 0 or height < 0 or stride < 0 or len(content) < (height - 1) * stride + width * _BYTES.get(format, 4):
            raise Error(1, f"{len(content)} bytes do not hold {width} x {height} pixels")
        return self._inspection("sd_inspect_pixels", content, width, height, stride, format)

    def close(self):
        """Frees the detector."""
        handle, self._handle = self._handle, None
        if handle is not None:
            self._library.call("sd_detector_free", handle)

    def _inspection(self, name, *arguments):
        return Inspection(self._library, self._library.make(name, self._handle, *arguments))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        self.close()
