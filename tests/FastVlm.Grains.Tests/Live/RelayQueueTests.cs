using FastVlm.Grains.Live;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Live;

namespace FastVlm.Grains.Tests.Live;

public sealed class RelayQueueTests
{
    [Fact]
    public void Each_camera_keeps_its_order()
    {
        var queue = new RelayQueue(100);
        foreach (var number in Enumerable.Range(0, 30))
        {
            queue.Offer(TestEvents.State($"camera-{number % 7}", number));
        }

        var taken = TakeAll(queue).OfType<CameraStateEvent>().GroupBy(e => e.CameraId).ToArray();

        Assert.Equal(7, taken.Length);
        Assert.All(taken, camera => Assert.Equal(camera.Select(TestEvents.NumberOf).Order(), camera.Select(TestEvents.NumberOf)));
        Assert.Equal(0, queue.Length);
    }

    [Fact]
    public void Pieces_of_captions_go_first_when_it_is_half_full()
    {
        var queue = new RelayQueue(10);
        Fill(queue, 5);

        Assert.Null(queue.Offer(TestEvents.Text("camera-1", 1)));
        Assert.NotNull(queue.Offer(TestEvents.State("camera-1", 5)));

        Assert.Equal([KeyValuePair.Create("captionText", 1L)], queue.Dropped);
        Assert.Equal(6, TakeAll(queue).Count);
    }

    [Fact]
    public void Below_half_nothing_is_dropped()
    {
        var queue = new RelayQueue(10);
        Fill(queue, 4);

        Assert.NotNull(queue.Offer(TestEvents.Text("camera-1", 1)));

        Assert.Empty(queue.Dropped);
    }

    [Fact]
    public void When_it_is_full_the_oldest_of_all_partitions_goes()
    {
        var queue = new RelayQueue(10);
        Fill(queue, 13);

        Assert.Equal([KeyValuePair.Create("cameraState", 3L)], queue.Dropped);
        Assert.Equal(Enumerable.Range(3, 10), TakeAll(queue).Select(TestEvents.NumberOf).Order());
    }

    [Fact]
    public void A_batch_is_bounded()
    {
        var queue = new RelayQueue(2000);
        foreach (var number in Enumerable.Range(0, Limits.LiveBatchMax + 10))
        {
            queue.Offer(TestEvents.State("camera-1", number));
        }

        var partition = LiveStreams.PartitionOf(TestEvents.State("camera-1", 0));

        Assert.Equal(Limits.LiveBatchMax, queue.Take(partition).Count);
        Assert.Equal(10, queue.Take(partition).Count);
        Assert.Empty(queue.Take(partition));
    }

    [Fact]
    public void A_batch_that_was_given_up_is_counted()
    {
        var queue = new RelayQueue(10);

        queue.GiveUp([TestEvents.Text("camera-1", 1), TestEvents.State("camera-1", 1), TestEvents.Text("camera-1", 2)]);

        Assert.Equal((2, 1), (queue.Dropped["captionText"], queue.Dropped["cameraState"]));
    }

    /// <summary>Nodes of two versions must agree: these values may never change.</summary>
    [Theory]
    [InlineData("cam_01", 2)]
    [InlineData("gate-1", 0)]
    [InlineData("ümlaut", 3)]
    public void Cameras_are_divided_alike_everywhere(string camera, int partition) =>
        Assert.Equal(partition, LiveStreams.PartitionOf(TestEvents.State(camera, 0)));

    private static void Fill(RelayQueue queue, int count)
    {
        foreach (var number in Enumerable.Range(0, count))
        {
            queue.Offer(TestEvents.State($"camera-{number}", number));
        }
    }

    private static List<LiveEvent> TakeAll(RelayQueue queue) =>
        [.. Enumerable.Range(0, ClusterLimits.LivePartitions).SelectMany(queue.Take)];
}
