using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;

// Not ...Tests.Configuration: other tests write Configuration.X for the production namespace.
namespace FastVlm.Pipeline.Tests;

public sealed class ConfigurationDeskTests : IAsyncLifetime
{
    private readonly MemoryConfigurationStore store = new();
    private readonly ManualTimeProvider clock = new();
    private ConfigurationDesk desk = null!;

    public async ValueTask InitializeAsync() => desk = await OpenAsync();

    public ValueTask DisposeAsync()
    {
        desk.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_change_is_stored_then_seen_then_told()
    {
        var told = new List<string>();
        desk.Changed += (before, after) => told.Add(
            $"{before.Cameras.Count}->{after.Cameras.Count}, stored {store.Stored.Cameras.Count}, seen {desk.Current.Cameras.Count}");

        var added = await AddCameraAsync("a");
        await desk.Cameras.ReplaceAsync(added.Id, added.Spec with { Prompt = added.Spec.Prompt }, CancellationToken.None);

        Assert.Equal(["0->1, stored 1, seen 1"], told);
        Assert.Equal(clock.GetUtcNow(), added.CreatedAt);
    }

    [Fact]
    public async Task What_cannot_be_stored_did_not_happen()
    {
        store.IsBroken = true;
        var told = 0;
        desk.Changed += (_, _) => told++;

        await Assert.ThrowsAsync<StorageException>(() => AddCameraAsync("a"));

        Assert.Empty(desk.Cameras.List());
        Assert.Equal(0, told);
        store.IsBroken = false;
        Assert.NotNull(await AddCameraAsync("b"));
    }

    [Fact]
    public async Task Changes_at_once_all_happen()
    {
        var names = Enumerable.Range(0, 50).Select(i => $"camera {i}").ToArray();

        await Task.WhenAll(names.Select(name => Task.Run(() => AddCameraAsync(name), TestContext.Current.CancellationToken)));

        Assert.Equal(names.Order(), desk.Cameras.List().Select(camera => camera.Spec.Name).Order());
        Assert.Equal(50, store.Stored.Cameras.Select(camera => camera.Id).Distinct().Count());
    }

    [Fact]
    public async Task Edits_of_one_entry_at_once_lose_nothing_of_each_other()
    {
        var camera = await AddCameraAsync("a");

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(
            () => desk.Cameras.EditAsync(camera.Id, spec => spec with { Tags = [.. spec.Tags, $"t{i}"] }, CancellationToken.None),
            TestContext.Current.CancellationToken)));

        Assert.Equal(20, desk.Cameras.Find(camera.Id)!.Spec.Tags.Count);
    }

    [Fact]
    public async Task A_removed_camera_leaves_the_selectors_that_name_others_too()
    {
        var (a, b) = (await AddCameraAsync("a"), await AddCameraAsync("b"));
        var rule = await AddRuleAsync("dropped", a.Id, b.Id);

        var change = await desk.Cameras.RemoveAsync(a.Id, CancellationToken.None);

        Assert.Equal(ChangeStatus.Done, change.Status);
        Assert.Equal([b.Id], desk.Rules.Find(rule.Id)!.Spec.Cameras.Ids);
    }

    [Fact]
    public async Task A_rule_for_one_camera_never_becomes_a_rule_for_all()
    {
        var a = await AddCameraAsync("a");
        await AddRuleAsync("dropped", a.Id);

        var change = await desk.Cameras.RemoveAsync(a.Id, CancellationToken.None);

        Assert.Equal(ChangeStatus.Invalid, change.Status);
        Assert.Contains("Rule 'dropped' is for this camera alone", change.Errors.Single().Message, StringComparison.Ordinal);
        Assert.NotNull(desk.Cameras.Find(a.Id));
    }

    [Fact]
    public async Task A_webhook_for_one_rule_never_becomes_a_webhook_for_all()
    {
        var rule = await AddRuleAsync("dropped");
        var endpoint = new EndpointSpec { Name = "chat", Url = new CameraUrl("https://hooks.example.com/x"), Rules = [rule.Id] };
        await desk.Endpoints.AddAsync(endpoint, CancellationToken.None);

        Assert.Equal(ChangeStatus.Invalid, (await desk.Rules.RemoveAsync(rule.Id, CancellationToken.None)).Status);
    }

    [Fact]
    public async Task References_to_nothing_are_refused()
    {
        var rule = await desk.Rules.AddAsync(Rule("r", new CameraId("gone")), CancellationToken.None);

        Assert.Equal("$.cameras.ids[0]", rule.Errors.Single().Path);
    }

    [Fact]
    public async Task Too_many_questions_at_one_camera_are_refused()
    {
        await AddCameraAsync("a");
        for (var i = 0; i < Limits.QuestionsPerCameraMax; i++)
        {
            Assert.Equal(ChangeStatus.Done, (await desk.Rules.AddAsync(Question($"q{i}"), CancellationToken.None)).Status);
        }

        var change = await desk.Rules.AddAsync(Question("one more"), CancellationToken.None);

        Assert.Contains("'a' would be asked 17 questions", change.Errors.Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_is_taken_whole_or_not_at_all()
    {
        var document = new ConfigurationDocument
        {
            Cameras = [Camera("a"), Camera("A"), Camera("b") with { Url = new CameraUrl("nonsense") }],
            Rules = [Rule("r", new CameraId("a"), new CameraId("nowhere"))],
        };

        var change = await desk.ImportAsync(document, EntryOrigin.Api, CancellationToken.None);

        Assert.Equal(["$.cameras[1].name", "$.cameras[2].url", "$.rules[0].cameras.ids[1]"], change.Errors.Select(e => e.Path).Order());
        Assert.Empty(store.Saves.Items);
    }

    [Fact]
    public async Task A_document_names_cameras_and_comes_back_as_it_was()
    {
        var document = new ConfigurationDocument { Cameras = [Camera("Line 3")], Rules = [Rule("r", new CameraId("line 3"))] };

        await desk.ImportAsync(document, EntryOrigin.Api, CancellationToken.None);
        var exported = desk.Export();
        await desk.ImportAsync(exported, EntryOrigin.Api, CancellationToken.None);

        Assert.Equal("Line 3", exported.Rules.Single().Cameras.Ids.Single().Value);
        Assert.Equal(desk.Cameras.List().Single().Id, desk.Rules.List().Single().Spec.Cameras.Ids.Single());
        Assert.Single(store.Saves.Items);
    }

    [Fact]
    public async Task The_file_takes_over_what_it_names_and_alone_changes_and_removes_it()
    {
        var mine = await AddCameraAsync("mine");
        await AddCameraAsync("shared");
        await ImportFileAsync(Camera("shared") with { Prompt = "from the file" }, Camera("new"));
        var shared = desk.Cameras.List().Single(camera => camera.Spec.Name == "shared");

        Assert.Equal("from the file", shared.Spec.Prompt);
        Assert.Equal(ChangeStatus.ManagedByFile, (await desk.Cameras.RemoveAsync(shared.Id, CancellationToken.None)).Status);
        Assert.Equal(
            ChangeStatus.ManagedByFile, (await desk.Cameras.ReplaceAsync(shared.Id, Camera("x"), CancellationToken.None)).Status);
        var byApi = new ConfigurationDocument { Cameras = [Camera("shared") with { Prompt = "from the API" }] };
        Assert.Equal(ChangeStatus.Invalid, (await desk.ImportAsync(byApi, EntryOrigin.Api, CancellationToken.None)).Status);

        await ImportFileAsync(Camera("new"));

        Assert.Equal(["mine", "new"], desk.Cameras.List().Select(camera => camera.Spec.Name));
        Assert.Equal(mine.Id, desk.Cameras.List()[0].Id);
    }

    [Fact]
    public async Task A_dead_receiver_is_disabled_even_where_the_file_named_it()
    {
        var spec = new EndpointSpec { Name = "chat", Url = new CameraUrl("https://hooks.example.com/x") };
        await desk.ImportAsync(new ConfigurationDocument { Endpoints = [spec] }, EntryOrigin.File, CancellationToken.None);
        var id = desk.Endpoints.List().Single().Id;

        var gone = await desk.Endpoints.EditAsync(
            id, stored => stored with { Enabled = false, DisabledReason = "It answered 410." }, CancellationToken.None);
        var renamed = await desk.Endpoints.EditAsync(id, stored => stored with { Name = "other" }, CancellationToken.None);

        Assert.Equal(ChangeStatus.Done, gone.Status);
        Assert.Equal(ChangeStatus.ManagedByFile, renamed.Status);
    }

    [Fact]
    public async Task A_webhook_gets_a_secret_and_keeps_it()
    {
        var spec = new EndpointSpec { Name = "chat", Url = new CameraUrl("https://hooks.example.com/x") };
        var added = (await desk.Endpoints.AddAsync(spec, CancellationToken.None)).Entry!;

        await desk.Endpoints.ReplaceAsync(added.Id, spec with { Name = "talk" }, CancellationToken.None);

        var kept = desk.Endpoints.Find(added.Id)!.Spec.Secrets;
        Assert.Equal(added.Spec.Secrets, kept);
        Assert.NotNull(WebhookSecret.Parse(kept.Single().Reveal()));
    }

    [Theory]
    [InlineData("https://10.0.0.5/x", "private address")]
    [InlineData("https://127.0.0.1/x", "loopback")]
    [InlineData("http://169.254.169.254/latest", "metadata")]
    [InlineData("https://user:pass@hooks.example.com/x", "user part")]
    [InlineData("ftp://hooks.example.com/x", "https://")]
    public async Task A_webhook_to_a_forbidden_place_is_refused_when_it_is_saved(string url, string words)
    {
        var change = await desk.Endpoints.AddAsync(new EndpointSpec { Name = "x", Url = new CameraUrl(url) }, CancellationToken.None);

        var error = Assert.Single(change.Errors);
        Assert.Equal("$.url", error.Path);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    private static CameraSpec Camera(string name) => new() { Name = name, Url = new CameraUrl("rtsp://10.0.0.5/a") };

    private static RuleSpec Rule(string name, params CameraId[] cameras) =>
        new() { Name = name, Expression = "part dropped", Cameras = new CameraSelector { Ids = cameras } };

    private static RuleSpec Question(string name) => new() { Name = name, Kind = RuleKind.Question, Question = "Is a part on the floor?" };

    private Task<ConfigurationDesk> OpenAsync() =>
        ConfigurationDesk.OpenAsync(store, clock, DestinationPolicy.Public, CancellationToken.None);

    private async Task<Entry<CameraId, CameraSpec>> AddCameraAsync(string name) =>
        (await desk.Cameras.AddAsync(Camera(name), CancellationToken.None)).Entry!;

    private async Task<Entry<RuleId, RuleSpec>> AddRuleAsync(string name, params CameraId[] cameras) =>
        (await desk.Rules.AddAsync(Rule(name, cameras), CancellationToken.None)).Entry!;

    private async Task ImportFileAsync(params CameraSpec[] cameras)
    {
        var change = await desk.ImportAsync(new ConfigurationDocument { Cameras = cameras }, EntryOrigin.File, CancellationToken.None);
        Assert.Equal(ChangeStatus.Done, change.Status);
    }
}
