namespace FastVlm.Export.Tests.Reference;

/// <summary>
/// Checkpoints of shapes that no released model has: four stages, a first width that is no multiple of 32, heads wider
/// than hidden / heads, an output head of its own, a hidden size that is no multiple of a quantisation block.
/// </summary>
internal static class TestCheckpoints
{
    public const int Heads = 6;
    public const int Hidden = 144;
    public const int Vocabulary = 310;
    public const double RopeTheta = 50_000;
    public const double NormEpsilon = 1e-5;

    private const string Tower = "model.vision_tower.vision_tower.model";
    private const int KeyValueHeads = 2;
    private const int HeadDim = 32;
    private const int Intermediate = 208;

    public static TestCheckpoint Unseen(bool fused, bool tied = false)
    {
        var checkpoint = new TestCheckpoint(seed: 7);
        checkpoint.Config["num_attention_heads"] = Heads;
        checkpoint.Config["head_dim"] = HeadDim;
        checkpoint.Config["tie_word_embeddings"] = !tied; // Deliberately wrong: the matrices decide.
        int[] widths = [24, 48, 96, 192];
        int[] depths = [1, 2, 1, 2];
        AddMobileOne(checkpoint, $"{Tower}.patch_embed.0", fused, (24, 3, 3), scale: false, skip: 0);
        AddMobileOne(checkpoint, $"{Tower}.patch_embed.1", fused, (24, 1, 3), scale: false, skip: 0, branches: 2);
        AddMobileOne(checkpoint, $"{Tower}.patch_embed.2", fused, (24, 24, 1), scale: false, skip: 24);
        var module = 0;
        for (var stage = 0; stage < widths.Length; stage++)
        {
            var attends = stage >= 2;
            if (stage > 0)
            {
                AddDownSampling(checkpoint, $"{Tower}.network.{module++}", fused, widths[stage]);
            }

            if (attends)
            {
                checkpoint.AddConvolution($"{Tower}.network.{module++}.{(fused ? "reparam_conv" : "pe")}", widths[stage], 1, 7, bias: true);
            }

            for (var block = 0; block < depths[stage]; block++)
            {
                AddBlock(checkpoint, $"{Tower}.network.{module}.{block}", fused, widths[stage], attends);
            }

            module++;
        }

        AddMobileOne(checkpoint, $"{Tower}.conv_exp", fused, (384, 1, 3), scale: true, skip: 0);
        checkpoint.AddConvolution($"{Tower}.conv_exp.se.reduce", 20, 384, 1, bias: true);
        checkpoint.AddConvolution($"{Tower}.conv_exp.se.expand", 384, 20, 1, bias: true);
        checkpoint.AddLinear($"{Tower}.head.proj", 10, 384, bias: false);
        checkpoint.AddLinear("model.mm_projector.0", 160, 384);
        checkpoint.AddLinear("model.mm_projector.2", Hidden, 160);
        AddDecoder(checkpoint, tied);
        return checkpoint;
    }

    private static void AddMobileOne(
        TestCheckpoint checkpoint,
        string name,
        bool fused,
        (int Outputs, int Inputs, int Size) kernel,
        bool scale,
        int skip,
        int branches = 1)
    {
        if (fused)
        {
            checkpoint.AddConvolution($"{name}.reparam_conv", kernel.Outputs, kernel.Inputs, kernel.Size, bias: true);
            return;
        }

        for (var branch = 0; branch < branches; branch++)
        {
            checkpoint.AddConvolutionWithNorm($"{name}.rbr_conv.{branch}", kernel.Outputs, kernel.Inputs, kernel.Size);
        }

        if (scale)
        {
            checkpoint.AddConvolutionWithNorm($"{name}.rbr_scale", kernel.Outputs, kernel.Inputs, 1);
        }

        if (skip > 0)
        {
            checkpoint.AddBatchNorm($"{name}.rbr_skip", skip);
        }
    }

    private static void AddDownSampling(TestCheckpoint checkpoint, string name, bool fused, int outputs)
    {
        if (fused)
        {
            checkpoint.AddConvolution($"{name}.proj.0.lkb_reparam", outputs, 1, 7, bias: true);
        }
        else
        {
            checkpoint.AddConvolutionWithNorm($"{name}.proj.0.lkb_origin", outputs, 1, 7);
            checkpoint.AddConvolutionWithNorm($"{name}.proj.0.small_conv", outputs, 1, 3);
        }

        AddMobileOne(checkpoint, $"{name}.proj.1", fused, (outputs, outputs, 1), scale: false, skip: outputs);
    }

    private static void AddBlock(TestCheckpoint checkpoint, string name, bool fused, int width, bool attends)
    {
        if (attends)
        {
            checkpoint.Add($"{name}.norm.weight", 1, 0.3f, width);
            checkpoint.Add($"{name}.norm.bias", 0, 0.3f, width);
            checkpoint.AddLinear($"{name}.token_mixer.qkv", 3 * width, width, bias: false);
            checkpoint.AddLinear($"{name}.token_mixer.proj", width, width);
            checkpoint.Add($"{name}.layer_scale_1", 0.5f, 0.3f, width, 1, 1);
            checkpoint.Add($"{name}.layer_scale_2", 0.5f, 0.3f, width, 1, 1);
        }
        else
        {
            if (fused)
            {
                checkpoint.AddConvolution($"{name}.token_mixer.reparam_conv", width, 1, 3, bias: true);
            }
            else
            {
                AddMobileOne(checkpoint, $"{name}.token_mixer.mixer", fused, (width, 1, 3), scale: true, skip: width);
                checkpoint.AddBatchNorm($"{name}.token_mixer.norm.rbr_skip", width);
                checkpoint.Add($"{name}.token_mixer.layer_scale", 0.5f, 0.3f, width, 1, 1);
            }

            checkpoint.Add($"{name}.layer_scale", 0.5f, 0.3f, width, 1, 1);
        }

        checkpoint.AddConvolutionWithNorm($"{name}.convffn.conv", width, 1, 7);
        checkpoint.AddConvolution($"{name}.convffn.fc1", 3 * width, width, 1, bias: true);
        checkpoint.AddConvolution($"{name}.convffn.fc2", width, 3 * width, 1, bias: true);
    }

    private static void AddDecoder(TestCheckpoint checkpoint, bool tied)
    {
        checkpoint.Add("model.embed_tokens.weight", 0, 0.5f, Vocabulary, Hidden);
        for (var layer = 0; layer < 2; layer++)
        {
            var prefix = $"model.layers.{layer}";
            checkpoint.Add($"{prefix}.input_layernorm.weight", 1, 0.3f, Hidden);
            checkpoint.Add($"{prefix}.post_attention_layernorm.weight", 1, 0.3f, Hidden);
            checkpoint.AddLinear($"{prefix}.self_attn.q_proj", Heads * HeadDim, Hidden);
            checkpoint.AddLinear($"{prefix}.self_attn.k_proj", KeyValueHeads * HeadDim, Hidden);
            checkpoint.AddLinear($"{prefix}.self_attn.v_proj", KeyValueHeads * HeadDim, Hidden);
            checkpoint.AddLinear($"{prefix}.self_attn.o_proj", Hidden, Heads * HeadDim, bias: false);
            checkpoint.AddLinear($"{prefix}.mlp.gate_proj", Intermediate, Hidden, bias: false);
            checkpoint.AddLinear($"{prefix}.mlp.up_proj", Intermediate, Hidden, bias: false);
            checkpoint.AddLinear($"{prefix}.mlp.down_proj", Hidden, Intermediate, bias: false);
        }

        checkpoint.Add("model.norm.weight", 1, 0.3f, Hidden);
        if (tied)
        {
            checkpoint.Tensors["lm_head.weight"] = checkpoint.Tensors["model.embed_tokens.weight"];
        }
        else
        {
            checkpoint.AddLinear("lm_head", Vocabulary, Hidden, bias: false);
        }
    }
}
