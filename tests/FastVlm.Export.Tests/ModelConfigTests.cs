using FastVlm.Export.Checkpoints;

namespace FastVlm.Export.Tests;

public sealed class ModelConfigTests
{
    [Fact]
    public void Apples_flat_form_is_read()
    {
        var config = Read("""
            {"mm_vision_tower": "mobileclip_l_1024", "num_attention_heads": 14, "num_hidden_layers": 24, "rope_theta": 1000000.0,
             "rms_norm_eps": 1e-06, "max_position_embeddings": 32768, "use_sliding_window": false, "hidden_act": "silu"}
            """);

        Assert.Equal((14, (int?)24, null, 1e6, 1e-6f, 32768, 1024), Parts(config));
    }

    [Fact]
    public void The_nested_form_of_transformers_5_is_read()
    {
        var config = Read("""
            {"model_type": "fast_vlm", "vision_config": {"architecture": "fastvit_mci3"}, "rms_norm_eps": 0.5,
             "text_config": {"num_attention_heads": 12, "head_dim": 128, "max_position_embeddings": 4096, "rms_norm_eps": 1e-05,
                             "rope_parameters": {"rope_type": "default", "rope_theta": 500000.0}, "rope_scaling": null}}
            """);

        Assert.Equal((12, null, (int?)128, 5e5, 1e-5f, 4096, 1024), Parts(config));
    }

    private static (int Heads, int? Layers, int? HeadDim, double Theta, float Epsilon, int Positions, int Image) Parts(
        ModelConfig config) =>
        (
            config.AttentionHeads,
            config.Layers,
            config.HeadDim,
            config.RopeTheta,
            config.RmsNormEpsilon,
            config.MaxPositions,
            config.ImageSize);

    private static ModelConfig Read(string json)
    {
        using var scratch = new ScratchDirectory();
        File.WriteAllText(scratch["config.json"], json);
        return ModelConfig.Read(scratch["config.json"]);
    }
}
