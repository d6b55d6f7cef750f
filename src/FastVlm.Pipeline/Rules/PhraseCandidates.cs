namespace FastVlm.Pipeline.Rules;

/// <summary>
/// Finds the places of a sentence where all words of a phrase stand near each other. Starts from the phrase's rarest word
/// and looks for the others on both sides of it, so that the work grows with the number of words and not with the number
/// of their combinations.
/// </summary>
internal static class PhraseCandidates
{
    /// <summary>Occurrences of each other word that are tried on either side of the rarest.</summary>
    private const int NearestPerSide = 2;

    /// <summary>Combinations that are kept for each occurrence of the rarest word, nearest together first.</summary>
    private const int CombinationsMax = 16;

    /// <summary>
    /// In the order of the text, those at one place nearest together first. A candidate holds for each word of the phrase
    /// the index of its token in the sentence.
    /// </summary>
    public static IEnumerable<(Sentence Sentence, int[] Candidate)> Of(CaptionText caption, PhraseWord[] words)
    {
        var rarest = 0;
        for (var w = 0; w < words.Length; w++)
        {
            rarest = caption.PlacesOf(words[w].Stem).Count < caption.PlacesOf(words[rarest].Stem).Count ? w : rarest;
        }

        return caption.PlacesOf(words[rarest].Stem).Count == 0 ? [] : Search(caption, words, rarest);
    }

    public static int Spread(int[] candidate) => candidate.Max() - candidate.Min();

    private static IEnumerable<(Sentence Sentence, int[] Candidate)> Search(CaptionText caption, PhraseWord[] words, int rarest)
    {
        foreach (var anchor in caption.PlacesOf(words[rarest].Stem))
        {
            var sentence = caption.Sentences[caption.SentenceOfToken(anchor)];
            foreach (var candidate in Around(caption, sentence, words, (rarest, anchor - sentence.FirstToken)))
            {
                yield return (sentence, candidate);
            }
        }
    }

    private static List<int[]> Around(CaptionText caption, Sentence sentence, PhraseWord[] words, (int Word, int Place) anchor)
    {
        var first = new int[words.Length];
        Array.Fill(first, anchor.Place);
        List<int[]> combinations = [first];
        for (var w = 0; w < words.Length && combinations.Count > 0; w++)
        {
            if (w == anchor.Word)
            {
                continue;
            }

            var near = Nearest(caption.PlacesOf(words[w].Stem), sentence, anchor.Place);
            var longer = new List<int[]>(combinations.Count * near.Count);
            foreach (var combination in combinations)
            {
                foreach (var place in near)
                {
                    if (!IsTaken(combination, w, anchor.Word, place))
                    {
                        var next = (int[])combination.Clone();
                        next[w] = place;
                        longer.Add(next);
                    }
                }
            }

            // A stable sort: equals stay in the order of the text.
            combinations = [.. longer.OrderBy(Spread).Take(CombinationsMax)];
        }

        return combinations;
    }

    /// <summary>A word that the phrase has twice must stand twice. Words not placed yet hold the anchor's place.</summary>
    private static bool IsTaken(int[] combination, int placedCount, int anchorWord, int place)
    {
        for (var w = 0; w < placedCount; w++)
        {
            if (combination[w] == place)
            {
                return true;
            }
        }

        return combination[anchorWord] == place;
    }

    /// <summary>Indices in the sentence.</summary>
    private static List<int> Nearest(IReadOnlyList<int> places, Sentence sentence, int anchor)
    {
        var (low, high) = (0, places.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = places[middle] < sentence.FirstToken + anchor ? (middle + 1, high) : (low, middle);
        }

        var near = new List<int>(2 * NearestPerSide);
        for (var k = Math.Max(0, low - NearestPerSide); k < Math.Min(places.Count, low + NearestPerSide + 1); k++)
        {
            var index = places[k] - sentence.FirstToken;
            if (index >= 0 && index < sentence.Tokens.Length)
            {
                near.Add(index);
            }
        }

        return near;
    }
}
