using FastVlm.Export.Checkpoints;
using FastVlm.Export.Onnx;

namespace FastVlm.Export.Graphs;

/// <summary>
/// What all decoder layers' attention shares: lengths derived from the mask, rotary tables, and the ports of the
/// cache. position_ids feed RotaryEmbedding nodes of their own, as in the public files.
/// </summary>
internal sealed class AttentionInputs
{
    private readonly GraphBuilder _graph;
    private readonly DecoderShape _shape;
    private readonly GraphValue _positions;
    private readonly GraphValue _lastIndices;
    private readonly GraphValue _totalLength;
    private readonly GraphValue _cos;
    private readonly GraphValue _sin;
    private readonly List<GraphValue> _presents = [];

    public AttentionInputs(GraphValue mask, GraphValue positions, GraphBuilder graph, DecoderShape shape, ModelConfig config)
    {
        _graph = graph;
        _shape = shape;
        _positions = positions;

        // GroupQueryAttention wants the index of each row's last token and the longest row, both as 32-bit numbers.
        var counts = graph.Op("mask/count", "ReduceSum", OnnxType.Int64, [mask, graph.Constant(1)], new NodeAttribute("keepdims", 0L));
        var last = graph.Op("mask/last", "Sub", OnnxType.Int64, [counts, graph.Constant(1)]);
        _lastIndices = graph.As(last, OnnxType.Int32);
        var dims = graph.Op("mask/shape", "Shape", OnnxType.Int64, [mask]);
        _totalLength = graph.As(graph.Op("mask/total", "Gather", OnnxType.Int64, [dims, graph.Scalar(1)]), OnnxType.Int32);
        _cos = RotaryTable("cos_cache", Math.Cos, config);
        _sin = RotaryTable("sin_cache", Math.Sin, config);
    }

    /// <summary>Attention of one layer over [q | k | v], with its part of the cache.</summary>
    public GraphValue Apply(int layer, GraphValue qkv)
    {
        var path = $"layers.{layer}/attn";
        long queries = _shape.Heads * _shape.HeadDim;
        long keys = _shape.KeyValueHeads * _shape.HeadDim;
        var parts = _graph.Node(
            $"{path}/split", "Split", [qkv.Name, _graph.Constant(queries, keys, keys).Name],
            [$"{path}/q", $"{path}/k", $"{path}/v"], [new NodeAttribute("axis", -1L)], qkv.Type);
        var query = Rotate($"{path}/q_rotary", parts[0]);
        var key = Rotate($"{path}/k_rotary", parts[1]);
        var pastKey = Past($"past_key_values.{layer}.key", qkv.Type);
        var pastValue = Past($"past_key_values.{layer}.value", qkv.Type);
        var outputs = _graph.Node(
            $"{path}/attention", "GroupQueryAttention",
            [query.Name, key.Name, parts[2].Name, pastKey.Name, pastValue.Name, _lastIndices.Name, _totalLength.Name],
            [$"{path}/attention", $"present.{layer}.key", $"present.{layer}.value"],
            [
                new NodeAttribute("num_heads", (long)_shape.Heads),
                new NodeAttribute("kv_num_heads", (long)_shape.KeyValueHeads),
                new NodeAttribute("scale", (float)(1 / Math.Sqrt(_shape.HeadDim))),
            ],
            qkv.Type);
        _presents.AddRange(outputs[1..]);
        return outputs[0];
    }

    /// <summary>Declares the present keys and values as graph outputs, after the logits.</summary>
    public void DeclareOutputs() =>
        _presents.ForEach(p => _graph.Output(p, "batch_size", _shape.KeyValueHeads, "present_sequence_length", _shape.HeadDim));

    private GraphValue Past(string name, OnnxType type) =>
        _graph.Input(name, type, "batch_size", _shape.KeyValueHeads, "past_sequence_length", _shape.HeadDim);

    private GraphValue Rotate(string path, GraphValue value) =>
        _graph.Op(path, "RotaryEmbedding", value.Type, [value, _positions, _cos, _sin], new NodeAttribute("interleaved", 0L));

    /// <summary>cos or sin of position · theta^(−2i/d) for every position the configuration allows: [positions, d/2].</summary>
    private GraphValue RotaryTable(string name, Func<double, double> function, ModelConfig config)
    {
        var half = _shape.HeadDim / 2;
        var type = _graph.ProductType;
        _graph.Graph.Initializers.Add(new Initializer(name, type, [config.MaxPositions, half], sink =>
        {
            var row = new float[half];
            for (var position = 0; position < config.MaxPositions; position++)
            {
                for (var i = 0; i < half; i++)
                {
                    // The frequency is rounded to float first, as the reference implementation does.
                    var frequency = (float)(1 / Math.Pow(config.RopeTheta, 2.0 * i / _shape.HeadDim));
                    row[i] = (float)function((float)(position * frequency));
                }

                sink.Floats(row, type);
            }
        }));
        return new GraphValue(name, type);
    }
}
