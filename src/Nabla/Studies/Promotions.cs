namespace Nabla;

/// <summary>Which runs of a study may go on from which rung, and which have come to their end.</summary>
internal sealed class Promotions
{
    private readonly int[] _allowed;
    private readonly bool[] _isStopped;

    /// <param name="study">The study.</param>
    /// <param name="runs">What is known of each run, in their order.</param>
    public Promotions(Study study, IReadOnlyList<RungProgress> runs)
    {
        int rungs = study.Rungs.Count;
        _allowed = new int[runs.Count];
        _isStopped = new bool[runs.Count];
        List<int> entrants = [.. Enumerable.Range(0, runs.Count)];
        bool isClosed = true;
        for (int rung = 0; rung < rungs && entrants.Count > 0; rung++)
        {
            int[] arrived = [.. entrants.Where(run => runs[run].Rungs.Count > rung)];
            // Nobody else can come here any more.
            isClosed &= entrants.All(run => runs[run].Rungs.Count > rung || runs[run].IsOver);
            int count = study.Rule!.Kind == StudyRuleKind.Asha ? arrived.Length / study.Rule.Factor : isClosed ? entrants.Count / study.Rule.Factor : 0;
            count = isClosed ? Math.Max(1, count) : count;
            int at = rung;
            // Between equals the first: it must not depend on who was faster.
            HashSet<int> promoted = [.. arrived.OrderByDescending(run => study.ScoreOf(runs[run].Rungs[at].Best)).ThenBy(run => run).Take(count)];
            promoted.UnionWith(arrived.Where(run => runs[run].Promoted > at));
            foreach (int run in arrived)
            {
                _allowed[run] = promoted.Contains(run) ? rung + 1 : rung;
                _isStopped[run] = isClosed && !promoted.Contains(run);
            }
            entrants = [.. arrived.Where(promoted.Contains)];
        }
    }

    /// <summary>Up to which rung a run may be trained: 0 for the first, as many as there are for its end.</summary>
    public int Allowed(int run) => _allowed[run];

    /// <summary>Whether a run ends where it is.</summary>
    public bool IsStopped(int run) => _isStopped[run];
}

/// <summary>How far a run has come.</summary>
/// <param name="Rungs">What was known of it at each rung that it has reached.</param>
/// <param name="Promoted">From how many rungs it was decided that it goes on.</param>
/// <param name="IsOver">Whether it has a result, be it an error.</param>
internal readonly record struct RungProgress(IReadOnlyList<RunRecord> Rungs, int Promoted, bool IsOver);
