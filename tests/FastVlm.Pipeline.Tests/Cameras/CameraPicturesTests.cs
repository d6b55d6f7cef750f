using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Rules;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Cameras;

public sealed class CameraPicturesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly CameraBench bench = new();
    private readonly CameraPictures pictures;

    public CameraPicturesTests() => pictures = bench.NewPictures();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_picture_is_found_by_the_id_of_its_caption()
    {
        var first = Look(0);
        Look(1);

        var found = pictures.Find(first.Id)!;

        Assert.Equal((first.Id, Start), (found.CaptionId, found.CapturedAt));
    }

    [Fact]
    public void Without_an_id_it_is_the_newest_that_was_captioned()
    {
        Look(0);
        var second = Look(1);
        pictures.LookedAt(FrameAt(2));

        Assert.Equal(second.Id, pictures.Find(null)!.CaptionId);
    }

    [Fact]
    public void A_picture_that_was_not_captioned_yet_is_not_found()
    {
        pictures.LookedAt(FrameAt(0));

        Assert.Null(pictures.Find(null));
    }

    [Fact]
    public void Only_the_last_few_are_kept()
    {
        var captions = Enumerable.Range(0, Limits.RecentPicturesMax + 1).Select(Look).ToList();

        Assert.Null(pictures.Find(captions[0].Id));
        Assert.All(captions.Skip(1), caption => Assert.NotNull(pictures.Find(caption.Id)));
    }

    [Fact]
    public void A_picture_is_encoded_when_somebody_looks_and_once()
    {
        var caption = Look(0);
        Assert.Empty(bench.Encoder.Encoded);

        pictures.Find(caption.Id);
        pictures.Find(null);

        Assert.Single(bench.Encoder.Encoded);
    }

    [Fact]
    public async Task Evidence_is_the_frame_with_what_came_before()
    {
        var frame = FrameAt(1);
        pictures.PreRoll = new FakePreRoll(FrameAt(0));
        pictures.LookedAt(frame);

        var taken = await pictures.TakeAsync(MarkOf(frame), Token);

        Assert.Equal([(Start, false), (frame.CapturedAt, true)], taken.Select(picture => (picture.CapturedAt, picture.IsTrigger)));
    }

    [Fact]
    public async Task Without_a_connection_evidence_is_the_frame_alone()
    {
        pictures.LookedAt(FrameAt(1));

        Assert.True(Assert.Single(await pictures.TakeAsync(MarkOf(FrameAt(1)), Token)).IsTrigger);
    }

    /// <summary>Indices begin anew with every connection.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public async Task Another_frame_is_no_evidence(long index, int secondsLater)
    {
        var frame = FrameAt(5);
        pictures.LookedAt(frame);

        var other = MarkOf(frame) with { Index = frame.Index + index, CapturedAt = frame.CapturedAt.AddSeconds(secondsLater) };

        Assert.Empty(await pictures.TakeAsync(other, Token));
    }

    [Fact]
    public async Task A_frame_that_is_gone_is_no_evidence()
    {
        var frame = FrameAt(0);
        for (var i = 0; i <= Limits.RecentPicturesMax; i++)
        {
            pictures.LookedAt(FrameAt(i));
        }

        Assert.Empty(await pictures.TakeAsync(MarkOf(frame), Token));
    }

    [Fact]
    public void A_caption_of_another_connection_names_no_picture()
    {
        var frame = FrameAt(0);
        pictures.LookedAt(frame);

        pictures.Captioned(RecordOf(frame with { CapturedAt = frame.CapturedAt.AddSeconds(1) }));

        Assert.Null(pictures.Find(null));
    }

    /// <summary>One frame a second.</summary>
    private static Frame FrameAt(int index) => TestFrames.At(Start.AddSeconds(index), index);

    private static CaptionRecord RecordOf(Frame frame) =>
        CaptionRecords.From(TestCaptions.Of(frame, "The belt runs."), [], frame.CapturedAt);

    /// <summary>As it comes from another machine: without pixels.</summary>
    private static FrameMark MarkOf(Frame frame) =>
        new() { CameraId = frame.CameraId, Index = frame.Index, CapturedAt = frame.CapturedAt };

    private CaptionRecord Look(int index)
    {
        var frame = FrameAt(index);
        pictures.LookedAt(frame);
        var record = RecordOf(frame);
        pictures.Captioned(record);
        return record;
    }
}
