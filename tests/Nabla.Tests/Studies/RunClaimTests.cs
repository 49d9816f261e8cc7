namespace Nabla.Tests.Studies;

/// <summary>Who owns a run.</summary>
public sealed class RunClaimTests : IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(600);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_many_who_claim_a_number_at_once_one_gets_it()
    {
        for (int number = 1; number <= 50; number++)
        {
            using Barrier start = new(8);
            int won = 0;
            Thread[] threads = [.. Enumerable.Range(0, 8).Select(_ => new Thread(() =>
            {
                RunClaims claims = new(_folder["0001"]);
                start.SignalAndWait();
                if (claims.TryClaim(number))
                {
                    Interlocked.Increment(ref won);
                }
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            Assert.Equal(1, won);
            Assert.Equal(number, new RunClaims(_folder["0001"]).Newest());
        }
    }

    [Fact]
    public void An_owner_is_stale_when_its_sign_of_life_stays_the_same_for_the_lease()
    {
        ClaimWatch watch = new(Lease);
        Assert.False(watch.IsStale(0, 1, "a"));
        Thread.Sleep(Lease * 0.7);
        Assert.False(watch.IsStale(0, 1, "b"));
        Thread.Sleep(Lease * 0.7);
        Assert.False(watch.IsStale(0, 1, "b"));
        Thread.Sleep(Lease * 0.5);
        Assert.True(watch.IsStale(0, 1, "b"));
        // Another claim has a lease of its own.
        Assert.False(watch.IsStale(0, 2, "b"));
        Assert.False(watch.IsStale(1, 1, "b"));
    }

    [Fact]
    public void Who_lives_shows_it_and_who_is_overtaken_notices()
    {
        RunClaims claims = new(_folder["0001"]);
        Assert.True(claims.TryClaim(1));
        using RunClaim claim = new(claims, 1, Lease, () => false);
        ClaimWatch watch = new(Lease);
        for (int i = 0; i < 8; i++)
        {
            Assert.False(watch.IsStale(0, 1, claims.LifeText(1)));
            Thread.Sleep(Lease / 4);
        }
        Assert.True(claims.TryClaim(2));
        Assert.True(claim.Lost.WaitHandle.WaitOne(TimeSpan.FromSeconds(10)));
        Assert.False(claim.IsOurs());
    }

    [Fact]
    public void Who_gives_a_run_back_says_how_long_it_was_trained()
    {
        RunClaims claims = new(_folder["0001"]);
        claims.TryClaim(1);
        using (RunClaim claim = new(claims, 1, Lease, () => false))
        {
            Thread.Sleep(100);
            claim.Release();
        }
        Assert.True(claims.IsReleased(1));
        claims.TryClaim(2);
        using RunClaim next = new(claims, 2, Lease, () => false);
        Assert.True(next.Seconds >= 0.1);
        Assert.Equal(Environment.ProcessId, claims.OwnerOf(2)!.Process);
    }

    [Fact]
    public void Deaths_are_claims_that_were_neither_given_back_nor_came_to_a_checkpoint()
    {
        RunClaims claims = new(_folder["0001"]);
        for (int number = 1; number <= 6; number++)
        {
            claims.TryClaim(number);
        }
        Assert.Equal(5, claims.DeathsBefore(6));
        File.WriteAllText(claims.CheckpointOf(3), "");
        Assert.Equal(2, claims.DeathsBefore(6));
        claims.Release(4);
        Assert.Equal(1, claims.DeathsBefore(6));
    }
}
