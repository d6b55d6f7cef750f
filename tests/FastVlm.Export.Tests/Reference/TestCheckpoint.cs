using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;

namespace FastVlm.Export.Tests.Reference;

/// <summary>A tensor in memory.</summary>
internal sealed record TestTensor(long[] Shape, float[] Values);

/// <summary>A checkpoint in memory under Apple's names, and how to write it as safetensors.</summary>
internal sealed class TestCheckpoint
{
    private readonly Random _random;

    public TestCheckpoint(int seed) => _random = new Random(seed);

    public Dictionary<string, TestTensor> Tensors { get; } = new(StringComparer.Ordinal);

    public JsonObject Config { get; } = new()
    {
        ["mm_vision_tower"] = "mobileclip_l_192",
        ["hidden_act"] = "silu",
        ["rope_theta"] = 50_000.0,
        ["rms_norm_eps"] = 1e-5,
        ["max_position_embeddings"] = 256,
    };

    /// <summary>Uniform values around a centre, rounded to bfloat16 so that every stored format holds them exactly.</summary>
    public void Add(string name, float centre, float spread, params long[] shape)
    {
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        for (var i = 0; i < values.Length; i++)
        {
            var value = centre + (spread * ((2 * _random.NextSingle()) - 1));
            values[i] = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000);
        }

        Tensors[name] = new TestTensor(shape, values);
    }

    public void AddLinear(string prefix, int outputs, int inputs, bool bias = true)
    {
        Add($"{prefix}.weight", 0, MathF.Sqrt(3f / inputs), outputs, inputs);
        if (bias)
        {
            Add($"{prefix}.bias", 0, 0.1f, outputs);
        }
    }

    public void AddConvolution(string prefix, int outputs, int inputsPerGroup, int size, bool bias)
    {
        Add($"{prefix}.weight", 0, MathF.Sqrt(3f / (inputsPerGroup * size * size)), outputs, inputsPerGroup, size, size);
        if (bias)
        {
            Add($"{prefix}.bias", 0, 0.1f, outputs);
        }
    }

    public void AddBatchNorm(string prefix, int channels)
    {
        Add($"{prefix}.weight", 1, 0.5f, channels);
        Add($"{prefix}.bias", 0, 0.3f, channels);
        Add($"{prefix}.running_mean", 0, 0.3f, channels);
        Add($"{prefix}.running_var", 1, 0.6f, channels);
    }

    public void AddConvolutionWithNorm(string prefix, int outputs, int inputsPerGroup, int size)
    {
        AddConvolution($"{prefix}.conv", outputs, inputsPerGroup, size, bias: false);
        AddBatchNorm($"{prefix}.bn", outputs);
    }

    /// <summary>Writes one file, or shards with an index; F32, F16 and BF16 in turn when <paramref name="dtypes"/> says so.</summary>
    public void Write(string directory, int shards = 1, params string[] dtypes)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "config.json"), Config.ToJsonString());
        dtypes = dtypes.Length == 0 ? ["F32"] : dtypes;
        if (shards == 1)
        {
            WriteSafetensors(Path.Combine(directory, "model.safetensors"), Tensors, dtypes);
            return;
        }

        var map = new JsonObject();
        foreach (var (shard, index) in Tensors.Chunk((Tensors.Count + shards - 1) / shards).Select((s, i) => (s, i)))
        {
            var file = $"model-{index + 1:d5}-of-{shards:d5}.safetensors";
            WriteSafetensors(Path.Combine(directory, file), shard, dtypes);
            foreach (var (name, _) in shard)
            {
                map[name] = file;
            }
        }

        File.WriteAllText(
            Path.Combine(directory, "model.safetensors.index.json"),
            new JsonObject { ["metadata"] = new JsonObject(), ["weight_map"] = map }.ToJsonString());
    }

    private static void WriteSafetensors(string path, IEnumerable<KeyValuePair<string, TestTensor>> tensors, string[] dtypes)
    {
        var header = new JsonObject();
        var data = new MemoryStream();
        foreach (var ((name, tensor), index) in tensors.Select((t, i) => (t, i)))
        {
            var dtype = dtypes[index % dtypes.Length];
            var begin = data.Position;
            foreach (var value in tensor.Values)
            {
                data.Write(dtype switch
                {
                    "F32" => BitConverter.GetBytes(value),
                    "F16" => BitConverter.GetBytes((Half)value),
                    _ => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)),
                });
            }

            header[name] = new JsonObject
            {
                ["dtype"] = dtype,
                ["shape"] = new JsonArray([.. tensor.Shape.Select(d => (JsonNode)d)]),
                ["data_offsets"] = new JsonArray(begin, data.Position),
            };
        }

        WriteRaw(path, header.ToJsonString(), data.ToArray());
    }

    /// <summary>A safetensors file of any header and any bytes, sound or not.</summary>
    public static void WriteRaw(string path, string header, byte[] data)
    {
        using var file = File.Create(path);
        var bytes = Encoding.UTF8.GetBytes(header);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)bytes.Length);
        file.Write(length);
        file.Write(bytes);
        file.Write(data);
    }

    /// <summary>The header and the data of a safetensors file.</summary>
    public static (JsonObject Header, byte[] Data) ReadRaw(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var length = (int)MemoryMarshal.Read<ulong>(bytes);
        return (JsonNode.Parse(bytes.AsSpan(8, length))!.AsObject(), bytes[(8 + length)..]);
    }
}
