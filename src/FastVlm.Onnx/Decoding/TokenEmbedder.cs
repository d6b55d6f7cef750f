using FastVlm.Onnx.Graphs;
using FastVlm.Pipeline;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FastVlm.Onnx.Decoding;

/// <summary>
/// Token ids → embedding rows. A small matrix is read out of the graph once, and its session closed; a large one stays
/// where it is (a copy of a 0.5B model's is 544 MB) and is asked through buffers that are bound once.
/// </summary>
internal sealed class TokenEmbedder : IDisposable
{
    private const long TableBytesMax = 64 << 20;
    private const int RowsPerRead = 2048;

    private readonly GraphSession _graph;
    private readonly int _width;
    private readonly int _vocabulary;
    private readonly PinnedTensor _ids = new(TensorElementType.Int64, 1, 1);
    private readonly PinnedTensor _rows;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _run = new();
    private readonly float[]? _table;

    /// <param name="graph">The embedding graph; owned from here on.</param>
    /// <param name="width">The decoder's width.</param>
    /// <param name="vocabulary">How many tokens the decoder scores.</param>
    public TokenEmbedder(GraphSession graph, int width, int vocabulary)
    {
        _graph = graph;
        _width = width;
        _vocabulary = vocabulary;
        var output = graph.Output("inputs_embeds");
        if (graph.Input("input_ids").ElementDataType != TensorElementType.Int64) throw graph.Foreign("its 'input_ids' are not int64");
        if (output.Dimensions[^1] > 0 && output.Dimensions[^1] != width)
        {
            throw graph.Foreign($"its rows are {output.Dimensions[^1]} wide; the decoder takes rows of {width}");
        }

        _rows = new PinnedTensor(graph.FloatType(output, "inputs_embeds"), 1, 1, width);
        _binding = graph.Session.CreateIoBinding();
        if ((long)vocabulary * width * sizeof(float) <= TableBytesMax) _table = ReadTable();
    }

    /// <summary>Writes the rows of <paramref name="ids"/> to <paramref name="target"/>, from row <paramref name="firstRow"/> on.</summary>
    /// <exception cref="FailureException">An id is not one of the model's.</exception>
    public void Embed(ReadOnlySpan<int> ids, PinnedTensor target, int firstRow)
    {
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)_vocabulary)
            {
                throw new FailureException(
                    FailureKind.TokenizerInvalid,
                    $"The tokenizer gave the token {id}, but the model '{_graph.Path}' knows 0 to {_vocabulary - 1}: "
                        + "the tokenizer is of another model.");
            }
        }

        if (_table is null)
        {
            target.Write(firstRow * _width, Gather(ids));
            return;
        }

        for (var i = 0; i < ids.Length; i++)
        {
            target.Write((firstRow + i) * _width, _table.AsSpan(ids[i] * _width, _width));
        }
    }

    public void Dispose()
    {
        _binding.Dispose();
        _ids.Dispose();
        _rows.Dispose();
        _run.Dispose();
        _graph.Dispose();
    }

    private OrtValue Gather(ReadOnlySpan<int> ids)
    {
        _ids.Reshape(1, ids.Length);
        _rows.Reshape(1, ids.Length, _width);
        for (var i = 0; i < ids.Length; i++) _ids.Integers[i] = ids[i];
        _binding.BindInput("input_ids", _ids.Value);
        _binding.BindOutput("inputs_embeds", _rows.Value);
        _graph.Session.RunWithBinding(_run, _binding);
        return _rows.Value;
    }

    private float[] ReadTable()
    {
        var table = new float[_vocabulary * _width];
        Span<int> ids = stackalloc int[RowsPerRead];
        for (var row = 0; row < _vocabulary; row += RowsPerRead)
        {
            var count = Math.Min(RowsPerRead, _vocabulary - row);
            for (var i = 0; i < count; i++) ids[i] = row + i;
            FloatValues.CopyTo(Gather(ids[..count]), 0, table.AsSpan(row * _width, count * _width));
        }

        return table;
    }
}
