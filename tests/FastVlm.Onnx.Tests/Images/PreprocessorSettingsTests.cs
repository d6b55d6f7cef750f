using System.Text.Json;
using FastVlm.Onnx.Images;
using FastVlm.Pipeline;

namespace FastVlm.Onnx.Tests.Images;

public sealed class PreprocessorSettingsTests
{
    private const string AppleProcessor = """
        {"crop_size":{"height":1024,"width":1024},"do_center_crop":true,"image_mean":[0,0,0],"image_std":[1,1,1],
         "rescale_factor":0.00392156862745098,"resample":3,"size":{"shortest_edge":1024}}
        """;

    [Fact]
    public void Reads_the_released_processor()
    {
        var settings = Read("""{"image_aspect_ratio":"pad","mm_vision_tower":"mobileclip_l_1024"}""", AppleProcessor);

        Assert.Equal((1024, 1024, ImageAspect.Pad), (settings.SidePx, settings.ShortestEdgePx, settings.Aspect));
        Assert.Equal(1 / 255f, settings.Normalization.Scale[0]);
        Assert.Equal(new Level3(0, 0, 0), settings.Background);
    }

    [Fact]
    public void Takes_the_side_from_the_tower_name_without_a_processor()
    {
        var settings = Read("""{"image_aspect_ratio":"pad","mm_vision_tower":"mobileclip_l_256"}""", null);

        Assert.Equal(256, settings.SidePx);
    }

    [Fact]
    public void Fills_the_canvas_with_the_mean_colour()
    {
        var settings = Read(
            """{"image_aspect_ratio":"pad"}""",
            """{"crop_size":336,"image_mean":[0.48,0.45,0.40],"image_std":[0.26,0.26,0.27]}""");

        Assert.Equal(new Level3(122, 114, 102), settings.Background);
        Assert.Equal((float)(-0.48 / 0.26), settings.Normalization.Offset[0]);
    }

    [Fact]
    public void Reads_pinpoints_written_as_a_list_or_as_text()
    {
        var list = Read("""{"image_aspect_ratio":"anyres","image_grid_pinpoints":[[336,672],[672,336]]}""", AppleProcessor);
        var text = Read("""{"image_aspect_ratio":"anyres","image_grid_pinpoints":"[(336, 672), (672, 336)]"}""", AppleProcessor);

        Assert.Equal([(336, 672), (672, 336)], list.Pinpoints);
        Assert.Equal(list.Pinpoints, text.Pinpoints);
    }

    [Theory]
    [InlineData("""{"image_aspect_ratio":"anyres","mm_patch_merge_type":"spatial_unpad"}""", "spatial_unpad")]
    [InlineData("""{"mm_vision_tower":"unknown"}""", "mm_vision_tower")]
    public void Names_what_it_cannot_do(string config, string named)
    {
        var processor = named == "mm_vision_tower" ? null : AppleProcessor;

        var failure = Assert.Throws<FailureException>(() => Read(config, processor));

        Assert.Equal(FailureKind.ModelInvalid, failure.Kind);
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    private static PreprocessorSettings Read(string config, string? processor) => PreprocessorSettings.Read(
        "test", JsonDocument.Parse(config).RootElement, processor is null ? null : JsonDocument.Parse(processor).RootElement);
}
