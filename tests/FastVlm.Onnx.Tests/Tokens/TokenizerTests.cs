using System.Text.Json.Nodes;
using FastVlm.Onnx.Tokens;
using FastVlm.Pipeline;

namespace FastVlm.Onnx.Tests.Tokens;

public sealed class TokenizerTests
{
    private static readonly Tokenizer Committed = Tokenizer.Load(TestPaths.Data("qwen2-form"));

    [Fact]
    public void Reads_vocab_and_merges_as_it_reads_tokenizer_json()
    {
        using var folder = new TemporaryFolder();
        TokenizerForms.WritePair(folder.FullPath);
        var pair = Tokenizer.Load(folder.FullPath);

        foreach (var text in SampleTexts.Build(500)) Assert.Equal(Committed.Encode(text), pair.Encode(text));
    }

    [Fact]
    public void Gives_text_back_as_it_came_when_it_is_normalised_already()
    {
        foreach (var text in SampleTexts.Build(500).Where(text => CanonicalComposition.Compose(text) == text))
        {
            Assert.Equal(text, Committed.Decode(Committed.Encode(text), keepSpecial: true));
        }
    }

    [Fact]
    public void Streams_whole_characters_only()
    {
        var ids = Committed.Encode("ok 👷‍♀️ 𠮷 零件");
        var answer = new TextAssembler(Committed);
        var pieces = ids.Select(id => answer.Append(id).ToString()).ToList();

        Assert.Contains("", pieces);
        Assert.All(pieces, piece => Assert.DoesNotContain('\uFFFD', piece));
        Assert.All(pieces, piece => Assert.False(piece.Length > 0 && char.IsHighSurrogate(piece[^1])));
        Assert.Equal("ok 👷‍♀️ 𠮷 零件", string.Concat(pieces));
        Assert.Equal("", answer.Finish().ToString());
    }

    [Fact]
    public void Ends_a_broken_character_with_the_replacement_character()
    {
        var half = Committed.Encode("零")[..1];
        var answer = new TextAssembler(Committed);

        Assert.Equal("", answer.Append(half[0]).ToString());
        Assert.Equal("\uFFFD", answer.Finish().ToString());
        Assert.Equal(Committed.Decode(half), answer.Text);
    }

    [Fact]
    public void Encodes_a_run_of_100_kB_in_less_time_than_a_quadratic_merge_could()
    {
        var run = new string('a', 100_000);
        var watch = System.Diagnostics.Stopwatch.StartNew();

        var ids = Committed.Encode(run);

        Assert.Equal(run, Committed.Decode(ids));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"took {watch.Elapsed.TotalSeconds:F1} s (limit 5 s)");
    }

    [Theory]
    [InlineData("{", "damaged")]
    [InlineData("{\"model\":{\"type\":\"WordPiece\",\"vocab\":{},\"merges\":[]}}", "WordPiece")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},\"pre_tokenizer\":{\"type\":\"ByteLevel\"}}", "byte")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},\"pre_tokenizer\":{\"type\":\"Metaspace\"}}", "Metaspace")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":0},\"merges\":[\"a\"]},\"pre_tokenizer\":{\"type\":\"ByteLevel\"}}", "damaged")]
    public void Names_what_is_wrong_with_a_foreign_or_damaged_file(string content, string named)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Join("tokenizer.json"), content);

        var failure = Assert.Throws<FailureException>(() => Tokenizer.Load(folder.FullPath));

        Assert.Equal(FailureKind.TokenizerInvalid, failure.Kind);
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
        Assert.Contains("tokenizer.json", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Notices_an_added_token_that_is_there_twice()
    {
        using var folder = new TemporaryFolder();
        TokenizerForms.WriteArrays(folder.FullPath, [new JsonObject { ["id"] = 9_000, ["content"] = "<image>" }]);

        var failure = Assert.Throws<FailureException>(() => Tokenizer.Load(folder.FullPath));

        Assert.Contains("'<image>' (9000)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_which_files_a_directory_without_tokenizer_needs()
    {
        using var folder = new TemporaryFolder();

        var failure = Assert.Throws<FailureException>(() => Tokenizer.Load(folder.FullPath));

        Assert.Equal(FailureKind.TokenizerInvalid, failure.Kind);
        Assert.Contains("vocab.json", failure.Message, StringComparison.Ordinal);
    }
}
