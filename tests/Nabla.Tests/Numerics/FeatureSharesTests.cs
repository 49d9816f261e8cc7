using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

/// <summary>How threads share features.</summary>
public sealed class FeatureSharesTests
{
    [Fact]
    public void Shares_cover_all_features_and_none_is_empty_where_there_are_enough()
    {
        for (int parts = 1; parts <= 40; parts++)
        {
            for (int features = 0; features <= 2000; features += 1 + features / 50)
            {
                Assert.Equal(0, FeatureShares.Begin(features, 0, parts));
                Assert.Equal(features, FeatureShares.Begin(features, parts, parts));
                for (int part = 0; part < parts; part++)
                {
                    int length = FeatureShares.Begin(features, part + 1, parts) - FeatureShares.Begin(features, part, parts);
                    Assert.True(length >= (FeatureShares.Fit(features, parts) ? 1 : 0), $"{features} features, part {part} of {parts}");
                }
            }
        }
    }

    [Fact]
    public void Shares_begin_at_cache_lines() => Assert.Equal([0, 416, 784], Enumerable.Range(0, 3).Select(part => FeatureShares.Begin(784, part, 2)));
}
