using System.Security.Cryptography;
using System.Text.Json.Nodes;
using FastVlm.Export.Tests.Reference;
using FastVlm.Export.Verification;
using FastVlm.Pipeline;

namespace FastVlm.Export.Tests;

/// <summary>The directory an export makes: complete or absent, with a manifest that tells the truth.</summary>
public sealed class ModelDirectoryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void The_manifest_lists_every_file_with_its_size_and_hash()
    {
        using var scratch = new ScratchDirectory();
        CheckpointExporter.Export(
            Options(scratch) with
            {
                Dtype = ModelDtype.Int8,
                Name = "mini",
                Licence = "apple-amlr",
                LicenceNotice = "Research only.",
                Source = "golden",
            },
            null, Cancellation);

        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(scratch["model"], "model.json")))!;
        var files = Directory.GetFiles(scratch["model"], "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(scratch["model"], f).Replace('\\', '/'))
            .Where(f => f != "model.json")
            .Order(StringComparer.Ordinal)
            .ToArray();

        Assert.Equal(
            ["mini", "apple-amlr", "Research only.", "int8", "golden"],
            new[] { "name", "licence", "licenceNotice", "dtype", "source" }.Select(k => (string?)manifest[k]));
        Assert.Equal(
            [
                "config.json",
                "onnx/decoder_model_merged_int8.onnx",
                "onnx/embed_tokens_int8.onnx",
                "onnx/embedding_int8.onnx_data",
                "onnx/vision_encoder_int8.onnx",
                "preprocessor_config.json",
            ],
            files);
        Assert.Equal(files, manifest["files"]!.AsArray().Select(f => (string?)f!["path"]));
        foreach (var file in manifest["files"]!.AsArray())
        {
            var bytes = File.ReadAllBytes(Path.Combine(scratch["model"], (string)file!["path"]!));
            Assert.Equal(bytes.Length, (long)file["sizeBytes"]!);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), (string?)file["sha256"]);
        }
    }

    [Fact]
    public void A_missing_preprocessor_is_written_at_the_towers_resolution_and_an_existing_one_is_kept()
    {
        using var scratch = new ScratchDirectory();
        CheckpointExporter.Export(Options(scratch), null, Cancellation);
        var checkpoint = CopyOfMini(scratch);
        File.WriteAllText(Path.Combine(checkpoint, "preprocessor_config.json"), "{\"mine\": true}");
        File.WriteAllText(Path.Combine(checkpoint, "tokenizer.json"), """{"added_tokens": [{"id": 511, "content": "<image>"}]}""");

        CheckpointExporter.Export(
            Options(scratch) with { CheckpointDirectory = checkpoint, OutputDirectory = scratch["second"] },
            null,
            Cancellation);

        var written = JsonNode.Parse(File.ReadAllText(Path.Combine(scratch["model"], "preprocessor_config.json")))!;
        Assert.Equal(256, (int)written["size"]!["shortest_edge"]!);
        Assert.Equal(256, (int)written["crop_size"]!["height"]!);
        Assert.Equal("CLIPImageProcessor", (string?)written["image_processor_type"]);
        Assert.Equal("{\"mine\": true}", File.ReadAllText(Path.Combine(scratch["second"], "preprocessor_config.json")));
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(checkpoint, "tokenizer.json")),
            File.ReadAllBytes(Path.Combine(scratch["second"], "tokenizer.json")));
    }

    [Fact]
    public void The_image_tokens_id_is_written_where_other_runtimes_look_for_it()
    {
        using var scratch = new ScratchDirectory();
        var checkpoint = CopyOfMini(scratch);
        File.WriteAllText(
            Path.Combine(checkpoint, "tokenizer.json"),
            """{"added_tokens": [{"id": 510, "content": "<|im_end|>"}, {"id": 511, "content": "<image>"}]}""");

        CheckpointExporter.Export(Options(scratch) with { CheckpointDirectory = checkpoint }, null, Cancellation);

        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(scratch["model"], "config.json")))!.AsObject();
        var processor = JsonNode.Parse(File.ReadAllText(Path.Combine(scratch["model"], "processor_config.json")))!;
        Assert.Equal(511, (int)config["image_token_index"]!);
        Assert.Equal(("<image>", 64), ((string?)processor["image_token"], (int)processor["patch_size"]!));
        config.Remove("image_token_index");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(File.ReadAllText(Path.Combine(checkpoint, "config.json"))), config));
    }

    [Fact]
    public void A_damaged_tokenizer_is_refused_by_name()
    {
        using var scratch = new ScratchDirectory();
        var checkpoint = CopyOfMini(scratch);
        File.WriteAllText(Path.Combine(checkpoint, "tokenizer.json"), "{");

        var failure = Assert.Throws<FailureException>(() => CheckpointExporter.Export(
            Options(scratch) with { CheckpointDirectory = checkpoint }, null, Cancellation));

        Assert.Equal(FailureKind.TokenizerInvalid, failure.Kind);
        Assert.Equal([checkpoint], Directory.GetFileSystemEntries(scratch.Path));
    }

    [Theory]
    [InlineData(ModelDtype.Fp32)]
    [InlineData(ModelDtype.Int4)]
    public void Weights_above_the_threshold_lie_beside_the_graph_and_compute_the_same(ModelDtype dtype)
    {
        using var scratch = new ScratchDirectory();
        CheckpointExporter.Export(Options(scratch) with { Dtype = dtype }, null, Cancellation);
        CheckpointExporter.Export(
            Options(scratch) with
            {
                Dtype = dtype,
                OutputDirectory = scratch["external"],
                ExternalDataThreshold = 1000,
            },
            null,
            Cancellation);

        var inside = ModelVerifier.Verify(scratch["model"], GoldenMini.Expected, dtype, Cancellation);
        var outside = ModelVerifier.Verify(scratch["external"], GoldenMini.Expected, dtype, Cancellation);

        Assert.Equal(inside.Tensors, outside.Tensors);
        Assert.True(outside.Passed);
        foreach (var graph in new[] { "vision_encoder", "decoder_model_merged" })
        {
            var file = new FileInfo(Path.Combine(scratch["external"], "onnx", $"{graph}{dtype.FileSuffix()}.onnx"));
            Assert.True(file.Length < 200_000, $"{file.Name} has {file.Length} bytes although its weights lie beside it.");
            Assert.True(new FileInfo(file.FullName + "_data").Length > 200_000);
        }
    }

    [Fact]
    public void Progress_rises_to_the_total_and_names_tensors()
    {
        using var scratch = new ScratchDirectory();
        var seen = new List<ExportProgress>();

        CheckpointExporter.Export(Options(scratch), new Recorder(seen.Add), Cancellation);

        Assert.True(seen.Zip(seen.Skip(1), (a, b) => a.BytesWritten <= b.BytesWritten && b.BytesWritten <= b.BytesTotal).All(ok => ok));
        Assert.Contains(seen, p => p.Tensor == "model.layers.1.self_attn.o_proj.weight" && p.File == "onnx/decoder_model_merged.onnx");
        Assert.InRange((double)seen[0].BytesTotal / seen[^1].BytesTotal, 0.9, 1);
    }

    [Fact]
    public void A_cancelled_export_leaves_nothing_behind()
    {
        using var scratch = new ScratchDirectory();
        using var cancellation = new CancellationTokenSource();
        var reports = 0;

        Assert.ThrowsAny<OperationCanceledException>(() => CheckpointExporter.Export(
            Options(scratch),
            new Recorder(_ =>
            {
                if (++reports == 50)
                {
                    cancellation.Cancel();
                }
            }),
            cancellation.Token));

        Assert.Empty(Directory.GetFileSystemEntries(scratch.Path));
    }

    [Fact]
    public void An_output_directory_with_files_in_it_is_refused_and_an_empty_one_taken()
    {
        using var scratch = new ScratchDirectory();
        Directory.CreateDirectory(scratch["model"]);
        CheckpointExporter.Export(Options(scratch), null, Cancellation);

        var failure = Assert.Throws<FailureException>(() => CheckpointExporter.Export(Options(scratch), null, Cancellation));

        Assert.Equal(FailureKind.Usage, failure.Kind);
        Assert.Contains("not empty", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_names_of_transformers_fast_vlm_give_the_same_files()
    {
        using var scratch = new ScratchDirectory();
        var checkpoint = CopyOfMini(scratch);
        var (header, data) = TestCheckpoint.ReadRaw(Path.Combine(checkpoint, "model.safetensors"));
        var renamed = new JsonObject(header.Select(p => KeyValuePair.Create(FastVlmName(p.Key), p.Value?.DeepClone())));
        TestCheckpoint.WriteRaw(Path.Combine(checkpoint, "model.safetensors"), renamed.ToJsonString(), data);
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(checkpoint, "config.json")))!.AsObject();
        var nested = new JsonObject
        {
            ["model_type"] = "fast_vlm",
            ["mm_vision_tower"] = "mobileclip_l_256",
            ["text_config"] = config.DeepClone(),
        };
        File.WriteAllText(Path.Combine(checkpoint, "config.json"), nested.ToJsonString());

        var apple = CheckpointExporter.Export(Options(scratch), null, Cancellation);
        var transformers = CheckpointExporter.Export(
            Options(scratch) with { CheckpointDirectory = checkpoint, OutputDirectory = scratch["second"] },
            null,
            Cancellation);

        Assert.DoesNotContain(
            renamed,
            p => p.Key.Contains("patch_embed", StringComparison.Ordinal)
                || p.Key.Contains("convffn", StringComparison.Ordinal));
        Assert.Equal(
            apple.Manifest.Files.Where(f => f.Path != "config.json"),
            transformers.Manifest.Files.Where(f => f.Path != "config.json"));
    }

    [Fact]
    public void Training_branches_under_timms_names_give_the_same_files()
    {
        using var scratch = new ScratchDirectory();
        var apple = TestCheckpoints.Unseen(fused: false);
        apple.Write(scratch["apple"]);
        var timm = TestCheckpoints.Unseen(fused: false);
        (string Module, string Stage)[] stages =
        [
            ("0", "0.blocks"), ("1", "1.downsample"), ("2", "1.blocks"), ("3", "2.downsample"), ("4", "2.pos_emb"), ("5", "2.blocks"),
            ("6", "3.downsample"), ("7", "3.pos_emb"), ("8", "3.blocks"),
        ];
        var renamed = timm.Tensors.ToDictionary(t => TimmName(FastVlmName(t.Key, stages)), t => t.Value);
        timm.Tensors.Clear();
        foreach (var (name, tensor) in renamed)
        {
            timm.Tensors[name] = tensor;
        }

        timm.Write(scratch["timm"]);

        var first = CheckpointExporter.Export(Options(scratch) with { CheckpointDirectory = scratch["apple"] }, null, Cancellation);
        var second = CheckpointExporter.Export(
            Options(scratch) with { CheckpointDirectory = scratch["timm"], OutputDirectory = scratch["second"] },
            null,
            Cancellation);

        Assert.DoesNotContain(
            renamed,
            p => p.Key.Contains("rbr_", StringComparison.Ordinal)
                || p.Key.Contains("lkb_", StringComparison.Ordinal));
        Assert.Equal(first.Manifest.Files, second.Manifest.Files);
    }

    /// <summary>Apple's words for training branches in timm's.</summary>
    private static string TimmName(string name) => name
        .Replace("rbr_conv", "conv_kxk", StringComparison.Ordinal)
        .Replace("rbr_scale", "conv_scale", StringComparison.Ordinal)
        .Replace("rbr_skip", "identity", StringComparison.Ordinal)
        .Replace("lkb_origin", "large_conv", StringComparison.Ordinal)
        .Replace(".pe.", ".pos_enc.", StringComparison.Ordinal);

    /// <summary>Apple's name of a mini tensor in transformers' words, as its conversion script maps them.</summary>
    private static string FastVlmName(string name) => FastVlmName(name,
        [
            ("0", "0.blocks"), ("1", "1.downsample"), ("2", "1.blocks"), ("3", "2.downsample"), ("4", "2.blocks"), ("5", "3.downsample"),
            ("6", "3.pos_emb"), ("7", "3.blocks"), ("8", "4.downsample"), ("9", "4.pos_emb"), ("10", "4.blocks"),
        ]);

    private static string FastVlmName(string name, (string Module, string Stage)[] stages)
    {
        name = name.Replace("model.vision_tower.vision_tower.model.", "model.vision_tower.timm_model.", StringComparison.Ordinal)
            .Replace("patch_embed.", "stem.", StringComparison.Ordinal)
            .Replace("lkb_reparam", "reparam_conv", StringComparison.Ordinal)
            .Replace("convffn", "mlp", StringComparison.Ordinal)
            .Replace("conv_exp", "final_conv", StringComparison.Ordinal)
            .Replace("se.reduce", "se.fc1", StringComparison.Ordinal)
            .Replace("se.expand", "se.fc2", StringComparison.Ordinal)
            .Replace("mm_projector.0", "multi_modal_projector.linear_1", StringComparison.Ordinal)
            .Replace("mm_projector.2", "multi_modal_projector.linear_2", StringComparison.Ordinal)
            .Replace("model.layers", "model.language_model.layers", StringComparison.Ordinal)
            .Replace("model.norm", "model.language_model.norm", StringComparison.Ordinal)
            .Replace("model.embed_tokens", "model.language_model.embed_tokens", StringComparison.Ordinal);
        foreach (var (module, stage) in stages)
        {
            name = name.Replace($".network.{module}.", $".stages.{stage}.", StringComparison.Ordinal);
        }

        return name.EndsWith("layer_scale", StringComparison.Ordinal)
            || name.Contains(".layer_scale_", StringComparison.Ordinal)
            ? name + ".gamma"
            : name;
    }

    private static string CopyOfMini(ScratchDirectory scratch)
    {
        var copy = Directory.CreateDirectory(scratch["checkpoint"]).FullName;
        foreach (var file in new[] { "config.json", "model.safetensors" })
        {
            File.Copy(Path.Combine(GoldenMini.Directory, file), Path.Combine(copy, file));
        }

        return copy;
    }

    private static ExportOptions Options(ScratchDirectory scratch) =>
        new() { CheckpointDirectory = GoldenMini.Directory, OutputDirectory = scratch["model"] };

    private sealed class Recorder(Action<ExportProgress> report) : IProgress<ExportProgress>
    {
        public void Report(ExportProgress value) => report(value);
    }
}
