using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Captions;

namespace FastVlm.Storage.Tests;

public sealed class SearchQueryTests
{
    private const string Alphabet = "ab \"*()^:-+{}.,'\\/AND OR NOT NEAR text camera é🧀\0\n;%_";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData(" * \" - ", null)]
    [InlineData("part", "text : (\"part\")")]
    [InlineData("part*", "text : (\"part*\" *)")]
    [InlineData("a OR b", "text : (\"a\" AND \"OR\" AND \"b\")")]
    [InlineData("say \"two words", "text : (\"say\" AND \"two words\")")]
    public void Becomes_a_query_of_quoted_words(string? typed, string? expected) => Assert.Equal(expected, SearchQuery.From(typed));

    [Theory]
    [InlineData(Edition.Sqlite)]
    [InlineData(Edition.Postgres)]
    public async Task Whatever_is_typed_is_no_error(Edition edition)
    {
        await using var test = await TestStore.OpenAsync(edition);
        await test.Store.Journal.AppendAsync(Samples.Only(Samples.Caption("cap_1", "a b")), Stop);
        var random = new Random(42);
        for (var i = 0; i < 3000; i++)
        {
            var typed = new string([.. Enumerable.Range(0, random.Next(1, 25)).Select(_ => Alphabet[random.Next(Alphabet.Length)])]);

            await test.Store.Captions.FindAsync(new CaptionQuery { Text = typed }, Stop);
        }
    }
}
