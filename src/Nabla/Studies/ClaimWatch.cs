using System.Diagnostics;

namespace Nabla;

/// <summary>Which owners of runs have shown no sign of life for the length of the lease, by what this process has seen and by its own clock.</summary>
/// <param name="lease">The length.</param>
internal sealed class ClaimWatch(TimeSpan lease)
{
    private readonly Dictionary<int, (int Claim, string Sign, long Since)> _seen = [];

    /// <summary>Whether nobody has a run: it was never claimed, or was given back, or its owner is <see cref="IsStale"/>.</summary>
    /// <param name="run">The run's number.</param>
    /// <param name="claims">Its claims.</param>
    /// <param name="newest">The newest claim's number.</param>
    public bool IsFree(int run, RunClaims claims, int newest) => newest == 0 || claims.IsReleased(newest) || IsStale(run, newest, claims.LifeText(newest));

    /// <summary>Looks at a claim; true where it showed the same sign all the time from when it was first seen to show it, for the length of the lease.</summary>
    /// <param name="run">The run's number.</param>
    /// <param name="claim">The newest claim's number.</param>
    /// <param name="sign">Its sign of life.</param>
    public bool IsStale(int run, int claim, string sign)
    {
        if (_seen.TryGetValue(run, out (int Claim, string Sign, long Since) last) && last.Claim == claim && last.Sign == sign)
        {
            return Stopwatch.GetElapsedTime(last.Since) >= lease;
        }
        _seen[run] = (claim, sign, Stopwatch.GetTimestamp());
        return false;
    }
}
