using System.Text;
using FastVlm.Export.Checkpoints;

namespace FastVlm.Export.Synthesis;

/// <summary>
/// Seeded random weights of a given size. Element i of a tensor is a function of seed, name and i, so that any part
/// can be read in any order without the rest being in memory, and the same seed gives the same model.
/// </summary>
internal sealed class SyntheticWeights : IWeightSource
{
    /// <summary>How a tensor is filled: centre value, and half the width of the uniform distribution around it.</summary>
    private readonly record struct Filling(float Centre, float Spread, bool PassThrough = false);

    private readonly ulong _seed;
    private readonly Dictionary<string, long[]> _shapes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Filling> _fillings = new(StringComparer.Ordinal);

    public SyntheticWeights(SyntheticSize size, int seed)
    {
        _seed = (ulong)seed;
        Description = $"The synthetic model '{size.Name}'";
        AddVision(size);
        AddLinear("projector.0", size.Hidden, 2 * size.Widths[^1]);
        AddLinear("projector.2", size.Hidden, size.Hidden);
        AddDecoder(size);
    }

    public string Description { get; }

    public IReadOnlyDictionary<string, long[]> Shapes => _shapes;

    public IReadOnlyList<string> Unplaced => [];

    public string DisplayName(string canonicalName) => canonicalName;

    public void Read(string canonicalName, long start, Span<float> destination)
    {
        var filling = _fillings[canonicalName];
        var shape = _shapes[canonicalName];
        var stream = Mix(_seed ^ Hash(canonicalName));
        for (var i = 0; i < destination.Length; i++)
        {
            var unit = (Mix(stream + (ulong)(start + i)) >> 40) * (2f / (1 << 24)) - 1;
            destination[i] = filling.Centre + (filling.Spread * unit);
        }

        if (filling.PassThrough)
        {
            AddIdentity(shape, start, destination);
        }
    }

    /// <summary>Depthwise kernels of residual kind: the middle tap passes the input on.</summary>
    private static void AddIdentity(long[] shape, long start, Span<float> destination)
    {
        var plane = shape[2] * shape[3];
        for (var i = 0; i < destination.Length; i++)
        {
            if ((start + i) % plane == plane / 2)
            {
                destination[i] += 1;
            }
        }
    }

    private void AddVision(SyntheticSize size)
    {
        var width = size.Widths[0];
        AddConvolution("vision.patch_embed.0.reparam_conv", width, 3, 3);
        AddConvolution("vision.patch_embed.1.reparam_conv", width, 1, 3);
        AddConvolution("vision.patch_embed.2.reparam_conv", width, width, 1);
        var module = 0;
        for (var stage = 0; stage < size.Depths.Length; stage++)
        {
            var channels = size.Widths[stage];
            if (stage > 0)
            {
                AddConvolution($"vision.network.{module}.proj.0.lkb_reparam", channels, 1, 7);
                AddConvolution($"vision.network.{module++}.proj.1.reparam_conv", channels, channels, 1);
            }

            // The last two stages attend, each after a positional encoding.
            var attends = stage >= size.Depths.Length - 2;
            if (attends)
            {
                AddConvolution($"vision.network.{module++}.reparam_conv", channels, 1, 7, passThrough: true);
            }

            for (var block = 0; block < size.Depths[stage]; block++)
            {
                AddBlock($"vision.network.{module}.{block}", channels, attends);
            }

            module++;
        }

        var expanded = 2 * size.Widths[^1];
        AddConvolution("vision.conv_exp.reparam_conv", expanded, 1, 3);
        AddConvolution("vision.conv_exp.se.reduce", expanded / 16, expanded, 1);
        AddConvolution("vision.conv_exp.se.expand", expanded, expanded / 16, 1);
    }

    private void AddBlock(string prefix, int channels, bool attends)
    {
        if (attends)
        {
            Add($"{prefix}.norm.weight", new Filling(1, 0), channels);
            Add($"{prefix}.norm.bias", new Filling(0, 0), channels);
            AddMatrix($"{prefix}.token_mixer.qkv.weight", 3 * channels, channels);
            AddLinear($"{prefix}.token_mixer.proj", channels, channels);
            Add($"{prefix}.layer_scale_1", new Filling(0.2f, 0.1f), channels, 1, 1);
            Add($"{prefix}.layer_scale_2", new Filling(0.2f, 0.1f), channels, 1, 1);
        }
        else
        {
            AddConvolution($"{prefix}.token_mixer.reparam_conv", channels, 1, 3, passThrough: true);
            Add($"{prefix}.layer_scale", new Filling(0.2f, 0.1f), channels, 1, 1);
        }

        Add($"{prefix}.convffn.conv.conv.weight", new Filling(0, Spread(49)), channels, 1, 7, 7);
        Add($"{prefix}.convffn.conv.bn.weight", new Filling(1, 0.1f), channels);
        Add($"{prefix}.convffn.conv.bn.bias", new Filling(0, 0.1f), channels);
        Add($"{prefix}.convffn.conv.bn.running_mean", new Filling(0, 0.1f), channels);
        Add($"{prefix}.convffn.conv.bn.running_var", new Filling(1, 0.1f), channels);
        AddConvolution($"{prefix}.convffn.fc1", 4 * channels, channels, 1);
        AddConvolution($"{prefix}.convffn.fc2", channels, 4 * channels, 1);
    }

    private void AddDecoder(SyntheticSize size)
    {
        var headDim = size.Hidden / size.Heads;
        Add("decoder.embed_tokens.weight", new Filling(0, 0.05f), size.Vocabulary, size.Hidden);
        Add("decoder.norm.weight", new Filling(1, 0), size.Hidden);
        if (!size.TiedHead)
        {
            AddMatrix("lm_head.weight", size.Vocabulary, size.Hidden);
        }

        for (var layer = 0; layer < size.Layers; layer++)
        {
            var prefix = $"decoder.layers.{layer}";
            Add($"{prefix}.input_layernorm.weight", new Filling(1, 0), size.Hidden);
            Add($"{prefix}.post_attention_layernorm.weight", new Filling(1, 0), size.Hidden);
            AddLinear($"{prefix}.self_attn.q_proj", size.Heads * headDim, size.Hidden);
            AddLinear($"{prefix}.self_attn.k_proj", size.KeyValueHeads * headDim, size.Hidden);
            AddLinear($"{prefix}.self_attn.v_proj", size.KeyValueHeads * headDim, size.Hidden);
            AddMatrix($"{prefix}.self_attn.o_proj.weight", size.Hidden, size.Heads * headDim);
            AddMatrix($"{prefix}.mlp.gate_proj.weight", size.Intermediate, size.Hidden);
            AddMatrix($"{prefix}.mlp.up_proj.weight", size.Intermediate, size.Hidden);
            AddMatrix($"{prefix}.mlp.down_proj.weight", size.Hidden, size.Intermediate);
        }
    }

    private void AddConvolution(string prefix, int outputs, int inputsPerGroup, int kernel, bool passThrough = false)
    {
        // Fan-in scaling keeps activations near one; a kernel that passes its input on adds only a little to it.
        var spread = Spread(inputsPerGroup * kernel * kernel) * (passThrough ? 0.1f : 1);
        Add($"{prefix}.weight", new Filling(0, spread, passThrough), outputs, inputsPerGroup, kernel, kernel);
        Add($"{prefix}.bias", new Filling(0, 0.02f), outputs);
    }

    private void AddLinear(string prefix, int outputs, int inputs)
    {
        AddMatrix($"{prefix}.weight", outputs, inputs);
        Add($"{prefix}.bias", new Filling(0, 0.02f), outputs);
    }

    private void AddMatrix(string name, int outputs, int inputs) => Add(name, new Filling(0, Spread(inputs)), outputs, inputs);

    private void Add(string name, Filling filling, params long[] shape)
    {
        _shapes.Add(name, shape);
        _fillings.Add(name, filling);
    }

    /// <summary>Half width of the uniform distribution whose sums over the inputs have about the inputs' variance.</summary>
    private static float Spread(int inputs) => MathF.Sqrt(3f / inputs);

    private static ulong Hash(string name) =>
        Encoding.UTF8.GetBytes(name).Aggregate(0xcbf29ce484222325UL, (hash, b) => (hash ^ b) * 0x100000001b3UL);

    /// <summary>SplitMix64's finaliser: a counter in, independent bits out.</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9e3779b97f4a7c15UL;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9UL;
        value = (value ^ (value >> 27)) * 0x94d049bb133111ebUL;
        return value ^ (value >> 31);
    }
}
