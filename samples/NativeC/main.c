/*
 * Inspects images with a detector file, from C:
 *
 *   dotnet publish src/SemiDefect.Anomaly.Native -c Release -r linux-x64 -o native
 *   make -C samples/NativeC NATIVE=../../native
 *   samples/NativeC/inspect line3.sdad image.png [--map map.f32]
 *
 * Prints one line for each image, and a line for each region. --map writes the anomaly map of the last image as 32-bit
 * floats, row by row.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "semidefect.h"

static const char *const decisions[] = {"normal", "check", "abnormal"};

static int fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, sd_last_error());
    return 1;
}

static int write_map(sd_inspection inspection, const sd_result *result, const char *path)
{
    size_t count = (size_t)result->width * (size_t)result->height;
    float *map = malloc(count * sizeof *map);
    if (map == NULL) {
        fprintf(stderr, "no memory for a map of %zu values\n", count);
        return 1;
    }

    int status = 0;
    FILE *file = NULL;
    if (sd_inspection_map(inspection, map, count) != SD_OK) {
        status = fail("map");
    } else if ((file = fopen(path, "wb")) == NULL || fwrite(map, sizeof *map, count, file) != count) {
        perror(path);
        status = 1;
    }

    if (file != NULL && fclose(file) != 0) {
        perror(path);
        status = 1;
    }

    free(map);
    return status;
}

static int inspect(sd_detector detector, const char *path, const char *map)
{
    sd_inspection inspection;
    sd_result result;
    if (sd_inspect_file(detector, path, &inspection) != SD_OK) {
        return fail(path);
    }

    int status = 0;
    if (sd_inspection_result(inspection, &result) != SD_OK) {
        status = fail(path);
    } else {
        printf("%s %.17g %.17g %s\n", decisions[result.decision], result.score, result.threshold, path);
        for (int32_t i = 0; i < result.regions; i++) {
            sd_region region;
            if (sd_inspection_region(inspection, i, &region) == SD_OK) {
                printf("  %d pixels around (%.0f, %.0f)\n", region.area, region.centroid_x, region.centroid_y);
            }
        }

        if (map != NULL) {
            status = write_map(inspection, &result, map);
        }
    }

    sd_inspection_free(inspection);
    return status;
}

int main(int argc, char **argv)
{
    const char *map = NULL;
    if (argc > 4 && strcmp(argv[argc - 2], "--map") == 0) {
        map = argv[argc - 1];
        argc -= 2;
    }

    if (argc < 3) {
        fprintf(stderr, "usage: %s MODEL IMAGE... [--map FILE]\n", argv[0]);
        return 2;
    }

    if (sd_abi_version() != SD_ABI_VERSION) {
        fprintf(stderr, "the library has ABI version %d; this program needs %d\n", sd_abi_version(), SD_ABI_VERSION);
        return 1;
    }

    sd_detector detector;
    if (sd_detector_load(argv[1], 0, &detector) != SD_OK) {
        return fail(argv[1]);
    }

    int status = 0;
    for (int i = 2; i < argc; i++) {
        status |= inspect(detector, argv[i], map);
    }

    sd_detector_free(detector);
    return status;
}
