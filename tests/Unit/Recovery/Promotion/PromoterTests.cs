using Grap.Backups;
using Grap.Recovery;
using Grap.Recovery.Promotion;
using Grap.Recovery.States;
using Grap.Repositories;
using Grap.Tests.Unit.Repositories;
using Xunit;

namespace Grap.Tests.Unit.Recovery.Promotion;

public sealed class PromoterTests
{
    private readonly SimulatedFileSystem _files = new();
    private readonly FakeStrategy _strategy = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_promotion_ends_in_PROMOTED_and_undoing_it_brings_the_result_back_into_waiting()
    {
        var repository = Recovered();
        var result = await PromoteAsync(repository);
        Assert.Equal(("PROMOTED", PromotionStage.Promoted, "one"), (result.Status, result.Stage, result.BackupId));
        Assert.True(Read(repository).PromotedToProduction);
        Assert.Equal(["Change"], Steps(repository));

        var undone = await UndoAsync(repository);
        Assert.Equal(("RECOVERY_SUCCESS", PromotionStage.Undone), (undone.Status, undone.Stage));
        Assert.False(Read(repository).PromotedToProduction);
        Assert.Equal(["Change"], _strategy.SeenWhileUndoing);
        Assert.NotEqual(result.Id, (await PromoteAsync(repository)).Id);

        var entries = repository.Journal.Read().Where(static entry => entry.EntityType == "recovery").Skip(3)
            .Select(static entry => $"{entry.Operation} {entry.Details.GetValueOrDefault("strategy")}");
        Assert.Equal(
            ["PromotionStarted Apply", "RecoveryPromoted Apply", "PromotionUndone Apply", "PromotionStarted Apply", "RecoveryPromoted Apply"],
            entries);
    }

    [Fact]
    public async Task One_that_fails_before_its_first_step_leaves_no_promotion()
    {
        var repository = Recovered();
        _strategy.FailsBefore = true;
        await Assert.ThrowsAsync<GrapException>(() => PromoteAsync(repository));
        Assert.Equal((RecoveryState.RecoverySuccess, null), (Read(repository).State, Read(repository).Promotion));
        Assert.Equal(RecoveryState.NotRecovering, new RecoveryBook(repository).Reset("neo4j", machineLost: false, Cancellation).State);
    }

    [Fact]
    public async Task One_that_fails_after_a_step_can_be_ended_or_undone_but_not_discarded()
    {
        var repository = Recovered();
        _strategy.FailsAfter = true;
        await Assert.ThrowsAsync<GrapException>(() => PromoteAsync(repository));
        Assert.Equal((PromotionStage.Promoting, 1), (Read(repository).Promotion!.Stage, Steps(repository).Count));
        var refused = Assert.Throws<GrapException>(() => new RecoveryBook(repository).Reset("neo4j", machineLost: false, Cancellation));
        Assert.Equal(GrapCondition.RecoveryStateInvalid, refused.Condition);
        Assert.Contains("Undo-GrapPromotion", refused.RecommendedAction, StringComparison.Ordinal);

        _strategy.FailsAfter = false;
        var id = Read(repository).Promotion!.Id;
        Assert.Equal(id, (await PromoteAsync(repository)).Id);
        Assert.Equal(["Change"], _strategy.SeenAtStart);
    }

    [Fact]
    public async Task An_interrupted_promotion_is_undone_and_an_interrupted_undoing_is_ended_by_undoing()
    {
        var repository = Recovered();
        _strategy.FailsAfter = true;
        await Assert.ThrowsAsync<GrapException>(() => PromoteAsync(repository));
        await Assert.ThrowsAsync<GrapException>(() => UndoAsync(repository));
        Assert.Equal(PromotionStage.Undoing, Read(repository).Promotion!.Stage);
        Assert.Equal(GrapCondition.RecoveryStateInvalid,
            (await Assert.ThrowsAsync<GrapException>(() => PromoteAsync(repository))).Condition);

        _strategy.FailsAfter = false;
        Assert.Equal(PromotionStage.Undone, (await UndoAsync(repository)).Stage);
        Assert.Equal(["Change"], _strategy.SeenWhileUndoing);
    }

    [Fact]
    public async Task An_undoing_that_fails_before_its_first_step_leaves_the_promotion_as_it_was()
    {
        var repository = Recovered();
        await PromoteAsync(repository);
        _strategy.FailsBefore = true;
        await Assert.ThrowsAsync<GrapException>(() => UndoAsync(repository));
        Assert.Equal((RecoveryState.Promoted, PromotionStage.Promoted),
            (Read(repository).State, Read(repository).Promotion!.Stage));
        Assert.Equal(["Change"], Steps(repository));
    }

    [Fact]
    public async Task What_was_not_recovered_or_not_promoted_is_refused()
    {
        var repository = Workshop.Open(_files);
        Assert.Equal(GrapCondition.RecoveryStateInvalid,
            (await Assert.ThrowsAsync<GrapException>(() => PromoteAsync(repository))).Condition);
        Recovered();
        Assert.Equal(GrapCondition.RecoveryStateInvalid,
            (await Assert.ThrowsAsync<GrapException>(() => UndoAsync(repository))).Condition);
        await PromoteAsync(repository);
        Assert.Equal(GrapCondition.RecoveryStateInvalid,
            (await Assert.ThrowsAsync<GrapException>(() => PromoteAsync(repository))).Condition);
    }

    [Fact]
    public async Task A_power_failure_at_any_call_leaves_a_record_that_knows_of_every_step_that_was_done()
    {
        Recovered();
        var rehearsal = _files.AfterKill();
        await RunAsync(rehearsal, new FakeStrategy());
        for (var call = 1; call <= rehearsal.Calls + 1; call++)
        {
            var files = _files.AfterKill();
            files.PowerFailsAt = call;
            var strategy = new FakeStrategy();
            await Record.ExceptionAsync(() => RunAsync(files, strategy));
            foreach (var survivor in files.AfterPowerFailure())
            {
                var record = Read(Workshop.Open(survivor));
                if (strategy.HasChanged)
                    Assert.True(record.Promotion is { Steps.Count: > 0 }, $"Call {call}: production changed, and no step is known.");
                Assert.Equal(record.State == RecoveryState.Promoted, record.Promotion is { Stage: PromotionStage.Promoted });
            }
        }

        static Task RunAsync(SimulatedFileSystem files, FakeStrategy strategy) =>
            new Promoter(Workshop.Open(files), [strategy]).PromoteAsync("neo4j", PromotionStrategy.Apply, null, Cancellation);
    }

    [Fact]
    public async Task A_plan_is_that_of_the_first_way_that_is_atomic()
    {
        var repository = Recovered();
        var swap = new FakeStrategy { Strategy = PromotionStrategy.Swap, IsAtomic = true };
        var promoter = new Promoter(repository, [_strategy, swap]);
        Assert.Equal(PromotionStrategy.Swap, (await promoter.PlanAsync("neo4j", null, null, Cancellation)).Strategy);
        Assert.Equal(PromotionStrategy.Apply,
            (await promoter.PlanAsync("neo4j", PromotionStrategy.Apply, null, Cancellation)).Strategy);
        swap.IsAtomic = false;
        Assert.Equal(PromotionStrategy.Apply, (await promoter.PlanAsync("neo4j", null, null, Cancellation)).Strategy);
        Assert.Equal(GrapCondition.SettingInvalid, (await Assert.ThrowsAsync<GrapException>(() =>
            new Promoter(repository, [_strategy]).PlanAsync("neo4j", PromotionStrategy.Swap, null, Cancellation))).Condition);
    }

    [Fact]
    public async Task The_way_that_is_chosen_without_a_plan_is_the_plans()
    {
        var repository = Recovered();
        var swap = new FakeStrategy { Strategy = PromotionStrategy.Swap, IsAtomic = true };
        Assert.Equal(PromotionStrategy.Swap, await ChooseAsync(null, _strategy, swap));
        Assert.Equal(PromotionStrategy.Apply, await ChooseAsync(PromotionStrategy.Apply, _strategy, swap));
        swap.IsAtomic = false;
        Assert.Equal(PromotionStrategy.Apply, await ChooseAsync(null, _strategy, swap));
        Assert.Equal(PromotionStrategy.Swap, await ChooseAsync(null, swap));

        // One that was begun goes on as it was, whatever would be better now.
        _strategy.FailsAfter = true;
        await Assert.ThrowsAsync<GrapException>(() => PromoteAsync(repository));
        swap.IsAtomic = true;
        Assert.Equal(PromotionStrategy.Apply, await ChooseAsync(null, _strategy, swap));

        Task<PromotionStrategy> ChooseAsync(PromotionStrategy? wanted, params FakeStrategy[] strategies) =>
            new Promoter(repository, strategies).ChooseAsync("neo4j", wanted, null, Cancellation);
    }

    [Fact]
    public async Task A_part_of_a_backup_is_refused_before_anything_is_touched()
    {
        var repository = Recovered(part: new RecoveredPart { Labels = ["Ship"] });
        foreach (var attempt in new Func<Task>[]
        {
            () => PromoteAsync(repository),
            () => new Promoter(repository, [_strategy]).PlanAsync("neo4j", null, null, Cancellation),
        })
        {
            var refusal = await Assert.ThrowsAsync<GrapException>(attempt);
            Assert.Equal(GrapCondition.RecoveryStateInvalid, refusal.Condition);
            Assert.Contains("only a part of backup 'one' (nodes (:`Ship`)", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("-KeepRunning", refusal.RecommendedAction, StringComparison.Ordinal);
        }
        Assert.False(_strategy.HasChanged);
        Assert.Null(Read(repository).Promotion);
    }

    [Fact]
    public async Task A_plan_remarks_that_production_is_another_database_than_the_backup_is_of()
    {
        var (origin, other) = (Guid.NewGuid(), Guid.NewGuid());
        var repository = Recovered(new BackupSource { Database = "neo4j", Uri = "bolt://one:7687", DatabaseId = origin });
        Assert.Empty((await PlanAsync(null)).Remarks);
        Assert.Empty((await PlanAsync(origin)).Remarks);
        Assert.Contains("bolt://one:7687", Assert.Single((await PlanAsync(other)).Remarks), StringComparison.Ordinal);
        using (var held = repository.Lock("test"))
            repository.Remove("one", held, force: true);
        Assert.Empty((await PlanAsync(other)).Remarks);

        Task<PromotionPlan> PlanAsync(Guid? production)
        {
            _strategy.DatabaseId = production;
            return new Promoter(repository, [_strategy]).PlanAsync("neo4j", null, null, Cancellation);
        }
    }

    private FolderRepository Recovered(BackupSource? source = null, RecoveredPart? part = null)
    {
        var repository = Workshop.Open(_files);
        using var held = new RecoveryBook(repository).Begin(
            Workshop.Take(repository, "one", source: source), [], "/staging", Cancellation, part);
        held.MoveTo(RecoveryState.Validation);
        held.MoveTo(RecoveryState.RecoverySuccess);
        return repository;
    }

    private Task<PromotionResult> PromoteAsync(FolderRepository repository) =>
        new Promoter(repository, [_strategy]).PromoteAsync("neo4j", PromotionStrategy.Apply, null, Cancellation);

    private Task<PromotionResult> UndoAsync(FolderRepository repository) =>
        new Promoter(repository, [_strategy]).UndoAsync("neo4j", null, Cancellation);

    private static RecoveryRecord Read(FolderRepository repository) => new RecoveryBook(repository).Read("neo4j");

    private static IReadOnlyList<string> Steps(FolderRepository repository) =>
        [.. Read(repository).Promotion!.Steps.Select(static step => step.Name)];

    private sealed class FakeStrategy : IPromotionStrategy
    {
        public PromotionStrategy Strategy { get; init; } = PromotionStrategy.Apply;
        public bool FailsBefore { get; set; }
        public bool FailsAfter { get; set; }
        public bool IsAtomic { get; set; }
        public Guid? DatabaseId { get; set; }
        public bool HasChanged { get; private set; }
        public IReadOnlyList<string> SeenAtStart { get; private set; } = [];
        public IReadOnlyList<string> SeenWhileUndoing { get; private set; } = [];

        public Task<PromotionPlan> PlanAsync(
            RecoveryRecord recovery, IProgress<WorkProgress>? progress, CancellationToken cancellation) =>
            Task.FromResult(new PromotionPlan
            {
                Strategy = Strategy,
                Atomic = IsAtomic,
                Reason = "It is.",
                Steps = [],
                DatabaseId = DatabaseId,
            });

        public Task<PromotionProof> RunAsync(PromotionRun run)
        {
            SeenAtStart = [.. run.Journal.Record.Steps.Select(static step => step.Name)];
            if (FailsBefore)
                throw Failure();
            if (run.Journal.Last is null)
                run.Journal.Begin("Change");
            HasChanged = true;
            if (FailsAfter)
                throw Failure();
            return Task.FromResult(new PromotionProof { Equal = true, Atomic = IsAtomic });
        }

        public Task<PromotionProof> UndoAsync(PromotionRun run)
        {
            SeenWhileUndoing = [.. run.Journal.Record.PromotedSteps.Select(static step => step.Name)];
            return RunAsync(run);
        }

        private static GrapException Failure() => new(GrapCondition.PromotionFailed, "No.", "Try again.");
    }
}
