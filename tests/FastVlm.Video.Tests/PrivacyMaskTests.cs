using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Frames;
using FastVlm.TestKit;

namespace FastVlm.Video.Tests;

/// <summary>
/// Nothing of what a mask covers may be left in a frame, not even a trace that the scaler mixed into a neighbour. Two lossless
/// clips differ in nothing but what is under the mask: masked, their frames must be equal to the last bit.
/// </summary>
public sealed class PrivacyMaskTests
{
    // 96 × 54 px at (112, 62) of 320 × 180 px.
    private static readonly MaskSpec Rectangle = Polygon((0.35, 0.3444445), (0.65, 0.3444445), (0.65, 0.6444445), (0.35, 0.6444445));

    // Holds the rectangle's changed part as well: 40 × 20 px at (140, 80).
    private static readonly MaskSpec Triangle = Polygon((0.5, 0.2), (0.8, 0.75), (0.2, 0.75));

    public static TheoryData<int, string, string> Readings => new()
    {
        { 320, "rectangle", "all" },
        { 319, "rectangle", "all" },
        { 200, "rectangle", "all" },
        { 97, "rectangle", "all" },
        { 32, "rectangle", "all" },
        { 320, "rectangle", "region" },
        { 150, "rectangle", "region" },
        { 64, "rectangle", "region" },
        { 320, "triangle", "all" },
        { 111, "triangle", "region" },
    };

    [Theory]
    [MemberData(nameof(Readings))]
    public async Task No_bit_of_what_is_masked_is_left_in_a_frame(int sidePxMax, string shape, string part)
    {
        var options = new FrameSourceOptions
        {
            FramePeriod = TimeSpan.Zero,
            FrameSidePxMax = sidePxMax,
            Region = part == "all" ? null : new RegionSpec { X = 0.213, Y = 0.1, Width = 0.55, Height = 0.777 },
        };
        var masked = options with { PrivacyMasks = [shape == "rectangle" ? Rectangle : Triangle] };
        var box = shape == "rectangle" ? "112:62:96:54" : "140:80:40:20";
        var plain = await ClipAsync(box, isChanged: false);
        var changed = await ClipAsync(box, isChanged: true);

        Assert.NotEqual(await ReadAsync(plain, options), await ReadAsync(changed, options));
        Assert.Equal(await ReadAsync(plain, masked), await ReadAsync(changed, masked));
    }

    [Fact]
    public async Task What_is_masked_is_black_and_the_rest_is_not()
    {
        var clip = await TestFfmpeg.ClipAsync(
            "white.mkv", "-f", "lavfi", "-i", "color=white:s=320x180:r=10", "-t", "0.1", "-c:v", "ffv1", "-pix_fmt", "yuv420p");
        var options = new FrameSourceOptions { FrameSidePxMax = 160, PrivacyMasks = [Rectangle] };

        var image = (await FrameReading.Open(clip, options).TakeAsync(1))[0].Image;

        // The rectangle is 56…104 × 31…58 px of the half-sized picture, and the margin 6 px wide.
        Assert.All(Area(image, 56, 104, 31, 58), value => Assert.Equal(0, value));
        Assert.All(Area(image, 0, 160, 0, 24), value => Assert.InRange(value, 250, 255));
        Assert.All(Area(image, 0, 160, 65, 90), value => Assert.InRange(value, 250, 255));
        Assert.All(Area(image, 0, 49, 0, 90), value => Assert.InRange(value, 250, 255));
        Assert.All(Area(image, 111, 160, 0, 90), value => Assert.InRange(value, 250, 255));
    }

    /// <summary>A region of a picture whose colour tells the place: red grows to the right, green downwards.</summary>
    [Theory]
    [InlineData(0, 0, 0.5, 0.5, 0, 127, 0, 127)]
    [InlineData(0.5, 0.25, 0.5, 0.5, 127, 255, 64, 191)]
    [InlineData(0.9, 0.9, 0.5, 0.5, 127, 255, 127, 255)]
    public async Task The_region_is_what_is_asked_for(
        double x, double y, double width, double height, int left, int right, int top, int bottom)
    {
        var clip = await TestFfmpeg.ClipAsync(
            "places.mkv", "-f", "lavfi", "-i", "color=black:s=256x256:r=10,format=rgb24,geq=r=X:g=Y:b=0", "-t", "0.1", "-c:v", "ffv1");
        var options = new FrameSourceOptions { Region = new() { X = x, Y = y, Width = width, Height = height } };

        var image = (await FrameReading.Open(clip, options).TakeAsync(1))[0].Image;

        Assert.Equal((128, 128), (image.WidthPx, image.HeightPx));
        Assert.InRange(image.Pixels[0], left - 2, left + 2);
        Assert.InRange(image.Pixels[1], top - 2, top + 2);
        Assert.InRange(image.Pixels[^3], right - 2, right + 2);
        Assert.InRange(image.Pixels[^2], bottom - 2, bottom + 2);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(1921, 1081)]
    public void The_smallest_region_of_any_picture_has_pixels(int widthPx, int heightPx)
    {
        var area = PictureCut.Of(new RegionSpec { X = 1, Y = 1, Width = 0, Height = 0 }, Math.Max(2, widthPx), Math.Max(2, heightPx));

        Assert.Equal((2, 2), (area.WidthPx, area.HeightPx));
        Assert.True(area.X >= 0 && area.Y >= 0);
    }

    private static MaskSpec Polygon(params (double X, double Y)[] points) =>
        new() { Points = [.. points.Select(p => new PointSpec(p.X, p.Y))] };

    private static Task<string> ClipAsync(string box, bool isChanged)
    {
        var (x, y, width, height) = box.Split(':') is [var a, var b, var c, var d] ? (a, b, c, d) : default;
        var luma = isChanged ? $"if(between(X,{x},{x}+{width}-1)*between(Y,{y},{y}+{height}-1),mod(X*37+Y*91,256),lum(X,Y))" : "lum(X,Y)";
        var chroma = isChanged
            ? $"if(between(X,{x}/2,({x}+{width})/2-1)*between(Y,{y}/2,({y}+{height})/2-1),mod(X*53+Y*71,256),#(X,Y))"
            : "#(X,Y)";
        var filter = $"format=yuv420p,geq=lum='{luma}':cb='{chroma.Replace("#", "cb", StringComparison.Ordinal)}'"
            + $":cr='{chroma.Replace("#", "cr", StringComparison.Ordinal)}'";
        return TestFfmpeg.ClipAsync(
            $"mask-{box.Replace(':', '-')}-{isChanged}.mkv", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=10", "-t", "0.2",
            "-vf", filter, "-c:v", "ffv1");
    }

    private static async Task<byte[]> ReadAsync(string clip, FrameSourceOptions options) =>
        [.. (await FrameReading.Open(clip, options).ReadToEndAsync()).Frames.SelectMany(frame => frame.Image.Pixels)];

    private static IEnumerable<byte> Area(RgbImage image, int left, int right, int top, int bottom)
    {
        for (var y = top; y < bottom; y++)
        {
            for (var i = ((y * image.WidthPx) + left) * 3; i < ((y * image.WidthPx) + right) * 3; i++)
            {
                yield return image.Pixels[i];
            }
        }
    }
}
