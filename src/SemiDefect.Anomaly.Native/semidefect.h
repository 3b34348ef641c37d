/*
 * SemiDefect.Anomaly for C and everything that can call C: loads a detector file and inspects images.
 * See docs/native.md for building and linking.
 *
 * Conventions
 * - Every function returns an sd_status, except those that say otherwise; SD_OK is 0. No function ends the process, and
 *   no exception leaves the library.
 * - After any status but SD_OK, sd_last_error() gives one English sentence for the calling thread.
 * - Results are written through pointers, and only if the function returns SD_OK; a handle is set to NULL otherwise.
 * - Text is UTF-8 and ends with a zero byte. Paths are UTF-8 on every system.
 * - Handles are numbers that are never used twice: NULL, a handle that was freed and any other value are refused with
 *   SD_ERROR_HANDLE.
 *
 * Threads
 * - Every function can be called from any thread at any time.
 * - A detector can inspect on several threads at once, and an inspection can be read by several.
 * - Freeing a detector while another thread inspects with it is safe: the inspection is finished first.
 */
#ifndef SEMIDEFECT_H
#define SEMIDEFECT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define SD_API __declspec(dllimport)
#define SD_CALL __cdecl
#else
#define SD_API
#define SD_CALL
#endif

/* Raised when a function or a structure changes in a way that old programs do not survive. */
#define SD_ABI_VERSION 1

typedef struct sd_detector_handle *sd_detector;
typedef struct sd_inspection_handle *sd_inspection;

typedef int32_t sd_status;
enum {
    SD_OK = 0,
    SD_ERROR_ARGUMENT = 1,  /* a NULL pointer, a size, a format or an index that cannot be */
    SD_ERROR_HANDLE = 2,    /* no such detector or inspection: it was freed, or never made */
    SD_ERROR_DETECTOR = 3,  /* the detector file cannot be read, or is damaged, or of a newer version */
    SD_ERROR_IMAGE = 4,     /* the image cannot be read, or does not fit the detector */
    SD_ERROR_MEMORY = 5,    /* not enough memory */
    SD_ERROR_INTERNAL = 6   /* a bug in the library; sd_last_error() has its message */
};

typedef int32_t sd_decision;
enum {
    SD_NORMAL = 0,
    SD_CHECK = 1,    /* a person should look */
    SD_ABNORMAL = 2
};

/* The order of the bytes of a pixel, 8 bits each; alpha is not used. */
typedef int32_t sd_pixel_format;
enum {
    SD_GRAY8 = 1,
    SD_RGB24 = 3,
    SD_RGBA32 = 4,
    SD_BGR24 = 0x103,   /* OpenCV, bitmaps of Windows */
    SD_BGRA32 = 0x104
};

/* The thresholds of a detector. An image above `threshold` is abnormal; above `check`, a person should look. */
typedef struct {
    double threshold;
    double check;       /* NaN if the detector has two answers only */
    double pixel;       /* regions are the areas of the map above it */
} sd_thresholds;

typedef struct {
    double score;       /* higher is more anomalous */
    double threshold;
    double check;       /* NaN if the detector has two answers only */
    double pixel_threshold;
    double p_value;     /* the conformal p-value; NaN if there is none */
    sd_decision decision;
    int32_t width;      /* of the image, upright, and of the anomaly map; in pixels */
    int32_t height;
    int32_t regions;    /* their number */
} sd_result;

/* A connected area of the map above the pixel threshold, in pixels of the image. */
typedef struct {
    double centroid_x;
    double centroid_y;
    int32_t x;          /* of the bounding box */
    int32_t y;
    int32_t width;
    int32_t height;
    int32_t area;
    float peak;         /* the highest value */
    int32_t peak_x;
    int32_t peak_y;
} sd_region;

/* The ABI version of the library; compare it with SD_ABI_VERSION. Cannot fail. */
SD_API int32_t SD_CALL sd_abi_version(void);

/* The version of the library, such as "0.1.0". Cannot fail; the text stays valid. */
SD_API const char *SD_CALL sd_version(void);

/* What the last call of this thread that failed said; "" if none has. Valid until the next call on this thread. */
SD_API const char *SD_CALL sd_last_error(void);

/*
 * Loads a detector file, as `semidefect fit` writes it. Takes about a second; inspect many images with it.
 * threads: how many threads one inspection uses; 0 for one per core. It does not change results.
 */
SD_API sd_status SD_CALL sd_detector_load(const char *path, int32_t threads, sd_detector *detector);

SD_API sd_status SD_CALL sd_detector_thresholds(sd_detector detector, sd_thresholds *thresholds);

/* Frees a detector. Its inspections stay valid. */
SD_API sd_status SD_CALL sd_detector_free(sd_detector detector);

/*
 * Inspects an image file: JPEG, PNG, BMP, WebP, TIFF or DICOM. The result is that of `semidefect score`, bit for bit.
 */
SD_API sd_status SD_CALL sd_inspect_file(sd_detector detector, const char *path, sd_inspection *inspection);

/* Inspects the bytes of an image file. */
SD_API sd_status SD_CALL sd_inspect_bytes(
    sd_detector detector, const void *bytes, size_t length, sd_inspection *inspection);

/*
 * Inspects pixels, from the top row to the bottom one.
 * pixels: the first pixel of the top row. stride: from one row to the next, in bytes; negative if the top row comes last
 * in memory; otherwise at least width x bytes per pixel. The pixels are copied before the function returns.
 */
SD_API sd_status SD_CALL sd_inspect_pixels(
    sd_detector detector, const void *pixels, int32_t width, int32_t height, ptrdiff_t stride, sd_pixel_format format,
    sd_inspection *inspection);

SD_API sd_status SD_CALL sd_inspection_result(sd_inspection inspection, sd_result *result);

/*
 * Copies the anomaly map: one value per pixel of the image, row by row, 0 where nothing was inspected.
 * capacity: how many values `map` has room for; at least width x height of the result.
 */
SD_API sd_status SD_CALL sd_inspection_map(sd_inspection inspection, float *map, size_t capacity);

/* One region, by descending peak. index: from 0 to the number of regions - 1. */
SD_API sd_status SD_CALL sd_inspection_region(sd_inspection inspection, int32_t index, sd_region *region);

SD_API sd_status SD_CALL sd_inspection_free(sd_inspection inspection);

#ifdef __cplusplus
}
#endif

#endif
