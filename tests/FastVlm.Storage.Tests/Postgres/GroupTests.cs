using FastVlm.Pipeline;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;
using Npgsql;

namespace FastVlm.Storage.Tests.Postgres;

/// <summary>Entries that share a transaction.</summary>
public sealed class GroupTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_entry_that_the_server_refuses_fails_alone(bool isFenced)
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        var hugeId = string.Concat(Enumerable.Range(0, 1000).Select(i => $"{i:x}-{i * 7919:x}-"));

        var fence = isFenced ? new Fence(new CameraId("cam_1"), 0, 0) : null;
        var appends = Enumerable.Range(0, 100).Select(i => test.Store.Journal.AppendAsync(
            Samples.Only(Samples.Caption(i == 25 ? hugeId : $"cap_{i}")) with { Fence = fence }, Stop)).ToArray();

        // It is the caller's fault: no StorageException, which would be tried again for ever.
        await Assert.ThrowsAsync<PostgresException>(() => appends[25]);
        await Task.WhenAll(appends.Where((_, i) => i != 25));
        Assert.Equal(99, (await test.Store.Captions.FindAsync(new CaptionQuery(), Stop)).Count);
    }

    [Fact]
    public async Task Changes_of_one_incident_within_a_group_are_made_in_their_order()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        var opened = Samples.Incident("inc_1");
        var acknowledged = opened with { AcknowledgedBy = "Eve", AcknowledgedAt = Samples.Noon };
        var again = opened with { AcknowledgedBy = "Ed", AcknowledgedAt = Samples.Noon.AddSeconds(1), Verdict = true };
        await using (var holder = await HeldTransaction.BeginAsync(test.ConnectionString))
        {
            // Whatever comes while the first one waits is one group.
            await holder.ExecuteAsync("LOCK TABLE fastvlm.caption");
            var appends = new List<Task> { test.Store.Journal.AppendAsync(Samples.Only(Samples.Caption("cap_1")), Stop) };
            await holder.UntilAnotherWaitsAsync("relation");
            IncidentChange[] changes =
            [
                new(IncidentChangeKind.Opened, opened, Samples.Evidence(Samples.Caption("cap_1"), [1])),
                new(IncidentChangeKind.Annotated, acknowledged),
                new(IncidentChangeKind.Ongoing, opened with { Count = 2 }),
                new(IncidentChangeKind.Annotated, again),
                new(IncidentChangeKind.Ongoing, opened with { Count = 3 }),
            ];
            appends.AddRange(changes.Select(change => test.Store.Journal.AppendAsync(new StageEntry { Changes = [change] }, Stop)));
            await holder.RollbackAsync();
            await Task.WhenAll(appends);
        }

        // Of two acknowledgements the first stays; the last verdict counts.
        Assert.Equal(
            acknowledged with { Count = 3, Verdict = true },
            await test.Store.Incidents.FindAsync(opened.Id, Stop));
        Assert.Equal([1], await test.Store.Incidents.ReadPictureAsync(opened.Id, 0, Stop));
    }

    [Fact]
    public async Task A_caller_who_gives_up_while_the_group_before_is_under_way_leaves_nothing()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        using var givesUp = new CancellationTokenSource();
        await using var holder = await HeldTransaction.BeginAsync(test.ConnectionString);
        await holder.ExecuteAsync("LOCK TABLE fastvlm.caption");
        var underWay = test.Store.Journal.AppendAsync(Samples.Only(Samples.Caption("cap_1")), givesUp.Token);
        await holder.UntilAnotherWaitsAsync("relation");
        var waits = test.Store.Journal.AppendAsync(Samples.Only(Samples.Caption("cap_2")), givesUp.Token);

        await givesUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);
        await holder.RollbackAsync();
        await underWay;
        Assert.Equal("cap_1", Assert.Single(await test.Store.Captions.FindAsync(new CaptionQuery(), Stop)).Id.Value);
    }

    [Fact]
    public async Task Characters_that_the_server_does_not_keep_are_replaced_and_lose_no_entry()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        var caption = Samples.Caption("cap_1", "half \uD800 and zero \0 and 🧀") with { Prompt = "\0" };

        await test.Store.Journal.AppendAsync(Samples.Opened("inc_1", caption, [1]), Stop);

        Assert.Equal("half \uFFFD and zero \uFFFD and 🧀", (await test.Store.Captions.FindAsync(caption.Id, Stop))!.Text);
        Assert.Single(await test.Store.Captions.FindAsync(new CaptionQuery { Text = "\"half and zero\"" }, Stop));
        Assert.NotNull(await test.Store.Incidents.FindEvidenceAsync(new IncidentId("inc_1"), Stop));
    }
}
