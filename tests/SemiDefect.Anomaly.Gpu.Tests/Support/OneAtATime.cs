// Each emulated device has as many threads as a group: several devices at a time would only slow each other down.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
