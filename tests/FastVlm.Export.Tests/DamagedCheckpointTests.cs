using System.Buffers.Binary;
using System.Text.Json.Nodes;
using FastVlm.Export.Tests.Reference;
using FastVlm.Pipeline;

namespace FastVlm.Export.Tests;

/// <summary>Every way a checkpoint can be wrong: an error that names tensor or byte, and no directory.</summary>
public sealed class DamagedCheckpointTests
{
    private const string Norm = "model.norm.weight";
    private const string Fc1 = "model.vision_tower.vision_tower.model.network.2.1.convffn.fc1.weight";

    public static TheoryData<string, string[]> Damages => new()
    {
        { "empty file", ["0 bytes"] },
        { "header length absurd", ["18446744073709551615", "byte 0"] },
        { "header beyond the end", ["declares a header of 99000000 bytes", "truncated"] },
        { "header not json", ["not JSON", "byte 9"] },
        { "header a list", ["not a JSON object"] },
        { "file truncated", ["ends at byte", "reaches to byte", "truncated"] },
        { "bytes after the end", ["3 bytes after its last tensor"] },
        { "tensors overlap", ["overlapping", "starts at byte"] },
        { "hole between tensors", ["hole of 256 bytes", "before tensor"] },
        { "length not the shape's", [Norm, "256 bytes", "takes 258"] },
        { "shape overflows", [Norm, "takes"] },
        { "shape negative", [Norm, "[-128]"] },
        { "offsets reversed", [Norm, "which is no range"] },
        { "dtype missing", [Norm, "dtype"] },
        { "tensor listed twice", [Norm, "twice"] },
        { "dtype not floating", [Norm, "I16"] },
        { "tensor missing", [Fc1, "incomplete"] },
        { "block missing", ["network.2.0", "later numbers"] },
        { "layer missing", ["2 decoder layers", "promises 3"] },
        { "parts of different models", ["128 features", "model.embed_tokens.weight' of 64"] },
        { "no vision tower", ["not a FastVLM checkpoint"] },
        { "not finite", [Norm, "element 5", "NaN"] },
        { "wrong shape", [Fc1, "expected"] },
        { "foreign tensor", ["q_norm", "another architecture"] },
        { "heads do not divide", ["128 query", "5 heads"] },
        { "config missing", ["config.json", "absent"] },
        { "config not json", ["config.json", "cannot be read"] },
        { "config of another activation", ["gelu", "silu"] },
        { "config with scaled rotary", ["yarn"] },
        { "shard missing", ["model-00002-of-00002.safetensors", "fetch the missing shard"] },
        { "shard outside", ["../outside.safetensors"] },
        { "index not json", ["not an index"] },
        { "index promises too much", ["model.promised.weight", "different checkpoints"] },
        { "directory empty", ["neither model.safetensors nor"] },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_damaged_checkpoint_is_refused_by_name_and_leaves_no_directory(string damage, string[] expectedWords)
    {
        using var scratch = new ScratchDirectory();
        var checkpoint = Directory.CreateDirectory(scratch["checkpoint"]).FullName;
        Damage(damage, checkpoint);

        var failure = Assert.Throws<FailureException>(() => CheckpointExporter.Export(
            new ExportOptions { CheckpointDirectory = checkpoint, OutputDirectory = scratch["model"] },
            null, TestContext.Current.CancellationToken));

        Assert.Equal(FailureKind.CheckpointInvalid, failure.Kind);
        Assert.All(expectedWords, word => Assert.Contains(word, failure.Message, StringComparison.Ordinal));
        Assert.Equal([checkpoint], Directory.GetFileSystemEntries(scratch.Path));
    }

    [Fact]
    public void A_directory_that_does_not_exist_is_refused_by_name()
    {
        var failure = Assert.Throws<FailureException>(() => CheckpointExporter.Export(
            new ExportOptions { CheckpointDirectory = "/nowhere/at/all", OutputDirectory = "/tmp/never" },
            null,
            TestContext.Current.CancellationToken));

        Assert.Equal(FailureKind.CheckpointInvalid, failure.Kind);
        Assert.Contains("'/nowhere/at/all' does not exist", failure.Message, StringComparison.Ordinal);
    }

    private static void Damage(string damage, string directory)
    {
        var (header, data) = TestCheckpoint.ReadRaw(Path.Combine(GoldenMini.Directory, "model.safetensors"));
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(GoldenMini.Directory, "config.json")))!.AsObject();
        var file = Path.Combine(directory, "model.safetensors");
        DamageConfig(damage, config);
        File.WriteAllText(Path.Combine(directory, "config.json"), config.ToJsonString());
        DamageHeader(damage, header, data);
        TestCheckpoint.WriteRaw(file, header.ToJsonString(), data);
        DamageFile(damage, file, header, data);
        DamageDirectory(damage, directory, file);
    }

    private static void DamageConfig(string damage, JsonObject config)
    {
        switch (damage)
        {
            case "heads do not divide":
                config["num_attention_heads"] = 5;
                break;
            case "config of another activation":
                config["hidden_act"] = "gelu";
                break;
            case "config with scaled rotary":
                config["rope_scaling"] = new JsonObject { ["type"] = "yarn", ["factor"] = 4.0 };
                break;
        }
    }

    private static void DamageHeader(string damage, JsonObject header, byte[] data)
    {
        var norm = header[Norm]!;
        var offsets = norm["data_offsets"]!.AsArray();
        var (begin, end) = ((long)offsets[0]!, (long)offsets[1]!);
        switch (damage)
        {
            case "tensors overlap":
                norm["data_offsets"] = new JsonArray(begin - 128, end - 128);
                break;
            case "hole between tensors":
                header.Remove("model.layers.0.input_layernorm.weight");
                break;
            case "length not the shape's":
                norm["shape"] = new JsonArray(129);
                break;
            case "shape overflows":
                norm["shape"] = new JsonArray(1L << 62, 1L << 62, 8);
                break;
            case "shape negative":
                norm["shape"] = new JsonArray(-128);
                break;
            case "offsets reversed":
                norm["data_offsets"] = new JsonArray(end, begin);
                break;
            case "dtype missing":
                norm.AsObject().Remove("dtype");
                break;
            case "dtype not floating":
                norm["dtype"] = "I16";
                break;
            case "tensor missing":
                Rename(header, Fc1, "model.somewhere_else.weight");
                break;
            case "block missing":
                RenameAll(header, "network.2.0.", "network.2.7.");
                break;
            case "layer missing":
                RenameAll(header, "model.layers.2.", "model.elsewhere.2.");
                break;
            case "parts of different models":
                header["model.embed_tokens.weight"]!["shape"] = new JsonArray(1024, 64);
                break;
            case "no vision tower":
                RenameAll(header, "model.vision_tower.", "something.");
                break;
            case "not finite":
                BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan((int)begin + 10), 0x7FC0);
                break;
            case "wrong shape":
                header[Fc1]!["shape"] = new JsonArray(32, 128, 1, 1);
                break;
            case "foreign tensor":
                header["model.layers.1.self_attn.q_norm.weight"] = new JsonObject
                {
                    ["dtype"] = "F32",
                    ["shape"] = new JsonArray(0),
                    ["data_offsets"] = new JsonArray(data.Length, data.Length),
                };
                break;
        }
    }

    private static void DamageFile(string damage, string file, JsonObject header, byte[] data)
    {
        switch (damage)
        {
            case "empty file":
                File.WriteAllBytes(file, []);
                break;
            case "header length absurd":
                File.WriteAllBytes(file, [.. BitConverter.GetBytes(ulong.MaxValue), .. data]);
                break;
            case "header beyond the end":
                File.WriteAllBytes(file, [.. BitConverter.GetBytes(99_000_000UL), .. data]);
                break;
            case "header not json":
                TestCheckpoint.WriteRaw(file, "not json at all", data);
                break;
            case "header a list":
                TestCheckpoint.WriteRaw(file, "[1, 2, 3]", data);
                break;
            case "file truncated":
                TestCheckpoint.WriteRaw(file, header.ToJsonString(), data[..^1000]);
                break;
            case "bytes after the end":
                TestCheckpoint.WriteRaw(file, header.ToJsonString(), [.. data, 1, 2, 3]);
                break;
            case "tensor listed twice":
                TestCheckpoint.WriteRaw(file, header.ToJsonString()[..^1] + $",\"{Norm}\":{header[Norm]!.ToJsonString()}}}", data);
                break;
        }
    }

    private static void DamageDirectory(string damage, string directory, string file)
    {
        var index = Path.Combine(directory, "model.safetensors.index.json");
        switch (damage)
        {
            case "config missing":
                File.Delete(Path.Combine(directory, "config.json"));
                break;
            case "config not json":
                File.WriteAllText(Path.Combine(directory, "config.json"), "{ \"num_attention_heads\": ");
                break;
            case "shard missing":
                File.WriteAllText(
                    index,
                    $$"""{"weight_map": {"{{Norm}}": "model.safetensors", "{{Fc1}}": "model-00002-of-00002.safetensors"} }""");
                break;
            case "shard outside":
                File.WriteAllText(index, $$"""{"weight_map": {"{{Norm}}": "../outside.safetensors"} }""");
                break;
            case "index not json":
                File.WriteAllText(index, "{\"weight_map\": 3}");
                break;
            case "index promises too much":
                File.WriteAllText(index, """{"weight_map": {"model.promised.weight": "model.safetensors"}}""");
                break;
            case "directory empty":
                File.Delete(file);
                break;
        }
    }

    private static void Rename(JsonObject header, string from, string to)
    {
        var value = header[from]!.DeepClone();
        header.Remove(from);
        header[to] = value;
    }

    private static void RenameAll(JsonObject header, string from, string to)
    {
        foreach (var name in header.Select(p => p.Key).Where(k => k.Contains(from, StringComparison.Ordinal)).ToArray())
        {
            Rename(header, name, name.Replace(from, to, StringComparison.Ordinal));
        }
    }
}
