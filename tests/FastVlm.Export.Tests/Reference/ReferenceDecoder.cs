namespace FastVlm.Export.Tests.Reference;

/// <summary>A Qwen2 decoder evaluated naively in double over a whole sequence, without a cache.</summary>
internal sealed class ReferenceDecoder(TestCheckpoint checkpoint, int heads, double theta, double epsilon)
{
    /// <summary>Logits of every position [length, vocabulary] for embeddings [length, hidden].</summary>
    public double[] Logits(double[] embeds)
    {
        var hidden = (int)Get("embed_tokens.weight").Shape[1];
        var x = (double[])embeds.Clone();
        for (var layer = 0; checkpoint.Tensors.ContainsKey($"model.layers.{layer}.input_layernorm.weight"); layer++)
        {
            var prefix = $"layers.{layer}";
            Accumulate(x, Attention($"{prefix}.self_attn", RmsNorm($"{prefix}.input_layernorm", x), hidden));
            var normed = RmsNorm($"{prefix}.post_attention_layernorm", x);
            var gate = ReferenceEncoder.Linear(normed, hidden, Get($"{prefix}.mlp.gate_proj.weight"), null);
            var up = ReferenceEncoder.Linear(normed, hidden, Get($"{prefix}.mlp.up_proj.weight"), null);
            var product = gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u).ToArray();
            Accumulate(x, ReferenceEncoder.Linear(
                product, product.Length / (x.Length / hidden), Get($"{prefix}.mlp.down_proj.weight"), null));
        }

        var head = checkpoint.Tensors.GetValueOrDefault("lm_head.weight") ?? Get("embed_tokens.weight");
        return ReferenceEncoder.Linear(RmsNorm("norm", x), hidden, head, null);
    }

    private double[] Attention(string name, double[] x, int hidden)
    {
        var query = ReferenceEncoder.Linear(x, hidden, Get($"{name}.q_proj.weight"), Get($"{name}.q_proj.bias").Values);
        var key = ReferenceEncoder.Linear(x, hidden, Get($"{name}.k_proj.weight"), Get($"{name}.k_proj.bias").Values);
        var value = ReferenceEncoder.Linear(x, hidden, Get($"{name}.v_proj.weight"), Get($"{name}.v_proj.bias").Values);
        var length = x.Length / hidden;
        var (queryWidth, keyWidth) = (query.Length / length, key.Length / length);
        var size = queryWidth / heads;
        Rotate(query, queryWidth, size);
        Rotate(key, keyWidth, size);
        var mixed = new double[length * queryWidth];
        for (var head = 0; head < heads; head++)
        {
            var group = head / (queryWidth / keyWidth) * size;
            for (var q = 0; q < length; q++)
            {
                var scores = Enumerable.Range(0, q + 1)
                    .Select(k => Enumerable.Range(0, size)
                        .Sum(d => query[(q * queryWidth) + (head * size) + d] * key[(k * keyWidth) + group + d])
                        / Math.Sqrt(size))
                    .ToArray();
                var weights = ReferenceEncoder.Softmax(scores);
                for (var d = 0; d < size; d++)
                {
                    mixed[(q * queryWidth) + (head * size) + d] = weights.Select((w, k) => w * value[(k * keyWidth) + group + d]).Sum();
                }
            }
        }

        return ReferenceEncoder.Linear(mixed, queryWidth, Get($"{name}.o_proj.weight"), null);
    }

    /// <summary>Rotary embedding of the half-split kind.</summary>
    private void Rotate(double[] rows, int width, int size)
    {
        for (var start = 0; start < rows.Length; start += size)
        {
            var position = start / width;
            for (var i = 0; i < size / 2; i++)
            {
                var angle = position * Math.Pow(theta, -2.0 * i / size);
                var (a, b) = (rows[start + i], rows[start + i + (size / 2)]);
                rows[start + i] = (a * Math.Cos(angle)) - (b * Math.Sin(angle));
                rows[start + i + (size / 2)] = (b * Math.Cos(angle)) + (a * Math.Sin(angle));
            }
        }
    }

    private double[] RmsNorm(string name, double[] x)
    {
        var weight = Get($"{name}.weight").Values;
        var result = new double[x.Length];
        for (var start = 0; start < x.Length; start += weight.Length)
        {
            var scale = 1 / Math.Sqrt(x.AsSpan(start, weight.Length).ToArray().Average(v => v * v) + epsilon);
            for (var i = 0; i < weight.Length; i++)
            {
                result[start + i] = x[start + i] * scale * weight[i];
            }
        }

        return result;
    }

    private static void Accumulate(double[] x, double[] update)
    {
        for (var i = 0; i < x.Length; i++)
        {
            x[i] += update[i];
        }
    }

    private TestTensor Get(string name) => checkpoint.Tensors["model." + name];
}
