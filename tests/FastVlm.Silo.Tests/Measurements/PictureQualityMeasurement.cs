using FastVlm.Grains;
using FastVlm.Onnx;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Frames;
using FastVlm.Video.Jpeg;

namespace FastVlm.Silo.Tests.Measurements;

/// <summary>
/// How many captions stay word for word the same where a frame travels as JPEG: <c>measure-quality MODEL SOURCE…</c>, each a
/// clip or a folder of pictures.
/// </summary>
internal static class PictureQualityMeasurement
{
    public const string Name = "measure-quality";

    private const double RatePerSecond = 2;

    public static async Task<int> RunAsync(string modelFolder, string[] sources)
    {
        var encoder = new JpegEncoder();
        var decoder = new JpegDecoder();
        using var model = FastVlmModel.Load(modelFolder, new ModelOptions());
        foreach (var source in sources)
        {
            var frames = await RawFrames.ReadAsync(source, 512, 288, RatePerSecond);
            var raw = frames.Select(frame => Say(model, frame)).ToList();
            foreach (var quality in (int[])[75, 85, 90, ClusterLimits.FrameQuality, 95])
            {
                var jpegs = frames.Select(frame => encoder.EncodeJpeg(frame, quality)).ToList();
                var same = jpegs.Zip(raw).Count(pair => Say(model, decoder.DecodeJpeg(pair.First)) == pair.Second);
                Console.WriteLine(
                    $"{Path.GetFileName(source)}: quality {quality}, {same} of {frames.Count} captions the same, "
                    + $"{jpegs.Average(jpeg => jpeg.Length) / 1024:0.0} kB a picture");
            }
        }

        return 0;
    }

    private static string Say(FastVlmModel model, RgbImage image) =>
        model.Generate(image, new GenerationRequest { Prompt = PromptPresets.Default.Prompt, MaxNewTokens = 64 }, null, default).Text;
}
