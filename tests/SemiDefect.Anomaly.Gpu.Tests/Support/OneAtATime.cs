// Each emulated device has as many threads as a group: several at a time only get in each other's way.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
