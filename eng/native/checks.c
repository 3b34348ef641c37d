/*
 * Checks of semidefect.h: checks LIBRARY-FOLDER is linked; run as checks MODEL IMAGE BAD_IMAGE.
 * Prints one line for each check, "ok NAME" or "FAILED NAME".
 */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "semidefect.h"

#define THREADS 4

static int failed;

static void check(int holds, const char *name)
{
    printf("%s %s\n", holds ? "ok" : "FAILED", name);
    failed |= !holds;
}

struct work {
    sd_detector detector;
    const char *image;
    double score;
    sd_status status;
};

static void *inspect(void *argument)
{
    struct work *work = argument;
    sd_inspection inspection;
    sd_result result;
    work->status = sd_inspect_file(work->detector, work->image, &inspection);
    if (work->status == SD_OK) {
        work->status = sd_inspection_result(inspection, &result);
        work->score = result.score;
        sd_inspection_free(inspection);
    }
    return NULL;
}

static void *own_error(void *argument)
{
    const char **message = argument;
    *message = strdup(sd_last_error());
    return NULL;
}

static int says(const char *part)
{
    return strstr(sd_last_error(), part) != NULL;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        return 2;
    }
    const char *model = argv[1], *image = argv[2], *bad = argv[3];
    sd_detector detector = NULL, none = (sd_detector)1;
    sd_inspection inspection = NULL, missing = (sd_inspection)1;
    sd_result result;
    sd_thresholds thresholds;
    sd_region region;

    check(sd_abi_version() == SD_ABI_VERSION, "the ABI version is that of the header");
    check(strlen(sd_version()) >= 5, "there is a version");
    check(strcmp(sd_last_error(), "") == 0, "no error at first");

    check(sd_detector_load(NULL, 0, &detector) == SD_ERROR_ARGUMENT, "a path of NULL");
    check(sd_detector_load(model, 0, NULL) == SD_ERROR_ARGUMENT, "nowhere to put a detector");
    check(sd_detector_load("", 0, &detector) == SD_ERROR_ARGUMENT, "an empty path");
    check(sd_detector_load(model, -1, &detector) == SD_ERROR_ARGUMENT, "a negative number of threads");
    check(sd_detector_load("none.sdad", 0, &none) == SD_ERROR_DETECTOR && none == NULL && says("none.sdad"),
          "a detector file that is not there");
    check(sd_detector_load(image, 0, &none) == SD_ERROR_DETECTOR, "an image as a detector file");
    check(sd_inspect_file(NULL, image, &missing) == SD_ERROR_HANDLE && missing == NULL, "NULL as a detector");
    check(sd_inspect_file((sd_detector)(intptr_t)12345, image, &missing) == SD_ERROR_HANDLE, "any number as a detector");

    check(sd_detector_load(model, 2, &detector) == SD_OK && detector != NULL, "a detector is loaded");
    check(sd_detector_thresholds(detector, &thresholds) == SD_OK && thresholds.threshold > 0, "thresholds");
    check(sd_detector_thresholds(detector, NULL) == SD_ERROR_ARGUMENT, "thresholds to NULL");
    check(sd_inspect_file(detector, NULL, &inspection) == SD_ERROR_ARGUMENT, "an image of NULL");
    check(sd_inspect_file(detector, "none.png", &inspection) == SD_ERROR_IMAGE && says("none.png"), "no image");
    check(sd_inspect_file(detector, bad, &inspection) == SD_ERROR_IMAGE && inspection == NULL, "a damaged image");
    const char *other = NULL;
    pthread_t thread;
    pthread_create(&thread, NULL, own_error, &other);
    pthread_join(thread, NULL);
    check(strcmp(other, "") == 0 && !says("none.png"), "errors are those of the thread");
    free((void *)other);

    check(sd_inspect_file(detector, image, &inspection) == SD_OK, "an image");
    check(sd_inspection_result((sd_inspection)detector, &result) == SD_ERROR_HANDLE, "a detector is no inspection");
    check(sd_inspection_result(inspection, NULL) == SD_ERROR_ARGUMENT, "a result to NULL");
    check(sd_inspection_result(inspection, &result) == SD_OK && result.width > 0 && result.height > 0, "a result");
    check(result.threshold == thresholds.threshold, "the threshold is that of the detector");
    check(result.decision == SD_ABNORMAL && result.score > result.threshold, "the defect is found");
    size_t count = (size_t)result.width * (size_t)result.height;
    float *map = malloc(count * sizeof *map);
    check(sd_inspection_map(inspection, NULL, count) == SD_ERROR_ARGUMENT, "a map to NULL");
    check(sd_inspection_map(inspection, map, count - 1) == SD_ERROR_ARGUMENT, "too little room for the map");
    check(sd_inspection_map(inspection, map, count) == SD_OK, "the map");
    float peak = 0;
    for (size_t i = 0; i < count; i++) {
        peak = map[i] > peak ? map[i] : peak;
    }
    check(result.regions > 0 && sd_inspection_region(inspection, 0, &region) == SD_OK && region.peak == peak,
          "the first region has the peak of the map");
    check(map[(size_t)region.peak_y * result.width + region.peak_x] == peak, "and its place");
    check(sd_inspection_region(inspection, result.regions, &region) == SD_ERROR_ARGUMENT, "one region too many");
    check(sd_inspection_region(inspection, -1, &region) == SD_ERROR_ARGUMENT, "a region before the first");
    double score = result.score;

    /* The same pixels in every format, upside down, and with gaps between the rows. */
    int32_t width = result.width, height = result.height;
    uint8_t *rgb = calloc(count, 3), *gray = calloc(count, 1), *bgra = calloc(count + height, 4);
    for (size_t i = 0; i < count; i++) {
        uint8_t value = (uint8_t)(i * 7 + i / width * 13);
        size_t turned = (size_t)(height - 1 - i / width) * (width + 1) + i % width;
        gray[i] = rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = value;
        bgra[4 * turned] = bgra[4 * turned + 1] = bgra[4 * turned + 2] = value;
    }
    double scores[3] = {0, 1, 2};
    sd_inspection of_pixels[3];
    check(sd_inspect_pixels(detector, rgb, width, height, 3 * width, SD_RGB24, &of_pixels[0]) == SD_OK
              && sd_inspect_pixels(detector, gray, width, height, width, SD_GRAY8, &of_pixels[1]) == SD_OK
              && sd_inspect_pixels(detector, bgra + (size_t)4 * (width + 1) * (height - 1), width, height,
                                   -4 * (ptrdiff_t)(width + 1), SD_BGRA32, &of_pixels[2]) == SD_OK,
          "pixels");
    for (int i = 0; i < 3; i++) {
        sd_inspection_result(of_pixels[i], &result);
        scores[i] = result.score;
        sd_inspection_free(of_pixels[i]);
    }
    check(scores[0] == scores[1] && scores[0] == scores[2], "pixels in any format");
    rgb[0] = 255, rgb[1] = 0, rgb[2] = 0;
    check(sd_inspect_pixels(detector, NULL, width, height, 3 * width, SD_RGB24, &missing) == SD_ERROR_ARGUMENT
              && sd_inspect_pixels(detector, rgb, 0, height, 3 * width, SD_RGB24, &missing) == SD_ERROR_ARGUMENT
              && sd_inspect_pixels(detector, rgb, width, -1, 3 * width, SD_RGB24, &missing) == SD_ERROR_ARGUMENT
              && sd_inspect_pixels(detector, rgb, width, height, width, SD_RGB24, &missing) == SD_ERROR_ARGUMENT
              && sd_inspect_pixels(detector, rgb, 1 << 30, 1 << 30, 3 * width, SD_RGB24, &missing) == SD_ERROR_ARGUMENT
              && sd_inspect_pixels(detector, rgb, width, height, 3 * width, 2, &missing) == SD_ERROR_ARGUMENT,
          "pixels that cannot be");

    FILE *file = fopen(image, "rb");
    static uint8_t bytes[1 << 24];
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    check(sd_inspect_bytes(detector, bytes, length, &of_pixels[0]) == SD_OK
              && sd_inspection_result(of_pixels[0], &result) == SD_OK && result.score == score,
          "the bytes of the file");
    sd_inspection_free(of_pixels[0]);
    check(sd_inspect_bytes(detector, bytes, length / 2, &missing) == SD_ERROR_IMAGE, "half of the bytes");
    check(sd_inspect_bytes(detector, bytes, 0, &missing) == SD_ERROR_IMAGE, "no bytes");

    struct work works[THREADS];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        works[i] = (struct work){detector, image, 0, SD_OK};
        pthread_create(&threads[i], NULL, inspect, &works[i]);
    }
    int same = 1;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        same &= works[i].status == SD_OK && works[i].score == score;
    }
    check(same, "several threads get the same score");

    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, inspect, &works[i]);
    }
    check(sd_detector_free(detector) == SD_OK, "a detector is freed while it is used");
    same = 1;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        same &= works[i].status == SD_ERROR_HANDLE || (works[i].status == SD_OK && works[i].score == score);
    }
    check(same, "each use ends well, or is refused");
    check(sd_detector_free(detector) == SD_ERROR_HANDLE, "a detector is freed once");
    check(sd_inspect_file(detector, image, &missing) == SD_ERROR_HANDLE, "a freed detector is not used");
    check(sd_inspection_result(inspection, &result) == SD_OK && result.score == score, "inspections stay valid");
    check(sd_inspection_free(inspection) == SD_OK && sd_inspection_free(inspection) == SD_ERROR_HANDLE,
          "an inspection is freed once");
    check(isnan(result.check) == isnan(thresholds.check), "the check threshold");
    free(map);
    free(rgb);
    free(gray);
    free(bgra);
    return failed;
}
