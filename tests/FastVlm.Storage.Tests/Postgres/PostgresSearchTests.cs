using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Postgres;

namespace FastVlm.Storage.Tests.Postgres;

public sealed class PostgresSearchTests
{
    private const string Odd = "1e5 1.5 -7 v1.2.3 http://example.com/a?b=c me@example.com C:\\x 50% don't _";
    private const string Foreign = "ñandú Ünïcödé İstanbul ΣΑΣ заяц 漢字 ½ ² ﬁ";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("A café, e\u0301te\u0301!", "a cafe ete")]
    [InlineData("Łódź Ærø ǅ İ", "łodz ærø ǆ i")]
    [InlineData("2½ m² _x_ don't", "2½ m² x don t")]
    [InlineData("漢字かな🧀заяц", "漢字かな заяц")]
    [InlineData("", "")]
    public void Words_are_runs_of_letters_and_digits_in_lower_case_without_accents(string text, string expected) =>
        Assert.Equal(expected, SearchWords.Join(text));

    [Theory]
    [InlineData(null, null)]
    [InlineData(" * \" - ", null)]
    [InlineData("Part", "(part)")]
    [InlineData("part*", "(part:*)")]
    [InlineData("line-3*", "(line <-> 3:*)")]
    [InlineData("a & !b | c", "(a) & (b) & (c)")]
    [InlineData("say \"two words", "(say) & (two <-> words)")]
    public void What_is_typed_becomes_a_query_of_words(string? typed, string? expected) =>
        Assert.Equal(expected, PostgresSearchQuery.From(typed));

    /// <summary>The locale of the server makes no difference.</summary>
    [Theory]
    [InlineData(Odd, "")]
    [InlineData(Foreign, "")]
    [InlineData(Odd, "LOCALE 'C.UTF-8' TEMPLATE template0")]
    [InlineData(Foreign, "LOCALE 'C.UTF-8' TEMPLATE template0")]
    public async Task Texts_of_any_kind_are_found_by_their_own_words(string text, string databaseOptions)
    {
        await using var test = await TestStore.JoinAsync(await (await TestStore.ServerAsync()).CreateDatabaseAsync(databaseOptions));
        string[] texts = [text, new string('x', 300_000), string.Join(' ', Enumerable.Range(0, 20_000))];
        for (var i = 0; i < texts.Length; i++)
        {
            await test.Store.Journal.AppendAsync(Samples.Only(Samples.Caption($"cap_{i}", texts[i], camera: "cam 'a' \\ & b")), Stop);
        }

        foreach (var word in text.Split(' '))
        {
            foreach (var query in new CaptionQuery[] { new() { Text = word }, new() { Text = $"\"{word}\"" } })
            {
                Assert.Contains(await FindAsync(query), c => c.Id.Value == "cap_0");
                Assert.Contains(await FindAsync(query with { CameraId = new("cam 'a' \\ & b") }), c => c.Id.Value == "cap_0");
            }
        }

        Assert.Equal("cap_2", Assert.Single(await FindAsync(new CaptionQuery { Text = "13579" })).Id.Value);
        Assert.Equal("cap_1", Assert.Single(await FindAsync(new CaptionQuery { Text = new string('x', 1000) })).Id.Value);

        Task<IReadOnlyList<CaptionRecord>> FindAsync(CaptionQuery query) => test.Store.Captions.FindAsync(query, Stop);
    }
}
