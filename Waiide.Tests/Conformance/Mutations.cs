using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Waiide.Tests.Conformance;

/// <summary>Every single change that can be made to an answer, but for those that <see cref="Normalised"/> allows.</summary>
internal static class Mutations
{
    public static IEnumerable<(string What, Answer Answer)> Of(Answer answer) =>
        Status(answer).Concat(Headers(answer)).Concat(Cookies(answer)).Concat(answer.Json is null ? Texts(answer) : Bodies(answer));

    private static IEnumerable<(string, Answer)> Status(Answer answer)
    {
        foreach (var status in new[] { 200, 201, 202, 204, 302, 303, 400, 403, 404, 500 }.Where(status => status != answer.Status))
        {
            yield return ($"{answer.Status} becomes {status}", answer with { Status = status });
        }
    }

    private static IEnumerable<(string, Answer)> Headers(Answer answer)
    {
        yield return ("a further header", answer with { Headers = [.. answer.Headers, new("Retry-After", "1")] });
        yield return ("a further cookie", answer with { Headers = [.. answer.Headers, new("Set-Cookie", "further=1; Path=/")] });
        yield return ("another X-Content-Type-Options", answer with { Headers = [.. answer.Headers, new("X-Content-Type-Options", "sniff")] });
        foreach (var (i, header) in answer.Headers.Index().Where(header => !Normalised.Headers.ContainsKey(header.Item.Name)))
        {
            yield return ($"no {header.Name}", With(i, []));
            yield return ($"{header.Name} under another name", With(i, [new("X-" + header.Name, header.Value)]));
            yield return ($"{header.Name} twice", With(i, [header, header]));
            yield return ($"{header.Name} longer", With(i, [header with { Value = header.Value + "x" }]));
            yield return ($"{header.Name} shorter", With(i, [header with { Value = header.Value[..^1] }]));
            yield return ($"{header.Name} empty", With(i, [header with { Value = "" }]));
            if (header.Is("Content-Security-Policy"))
            {
                yield return ("a directive that loosens", With(i, [header with { Value = header.Value + "; sandbox allow-scripts" }]));
                foreach (var directive in header.Value.Split("; "))
                {
                    yield return ($"no {directive}", With(i, [header with { Value = string.Join("; ", header.Value.Split("; ").Where(other => other != directive)) }]));
                }
            }
        }

        Answer With(int i, Header[] instead) => answer with { Headers = [.. answer.Headers.Take(i), .. instead, .. answer.Headers.Skip(i + 1)] };
    }

    private static IEnumerable<(string, Answer)> Cookies(Answer answer)
    {
        foreach (var (i, header) in answer.Headers.Index().Where(header => header.Item.Is("Set-Cookie")))
        {
            var parts = header.Value.Split("; ");
            var cookie = parts[0].Split('=', 2);
            yield return ($"cookie {cookie[0]} set or cleared", With(i, [cookie[1].Trim('"').Length == 0 ? $"{cookie[0]}=some" : $"{cookie[0]}=\"\"", .. parts[1..]]));
            yield return ($"cookie {cookie[0]} under another name", With(i, [$"x{parts[0]}", .. parts[1..]]));
            foreach (var further in new[] { "Secure", "SameSite=None", "Domain=example.org", "Max-Age=1", parts[^1] })
            {
                yield return ($"cookie {cookie[0]}: further {further}", With(i, [.. parts, further]));
            }

            for (var part = 1; part < parts.Length; part++)
            {
                yield return ($"cookie {cookie[0]} without {parts[part]}", With(i, [.. parts[..part], .. parts[(part + 1)..]]));
                yield return ($"cookie {cookie[0]}: another {parts[part]}", With(i, [.. parts[..part], parts[part].StartsWith("expires=", StringComparison.Ordinal) ? "expires=Thu, 01 Jan 2099 00:00:00 GMT" : parts[part] + "x", .. parts[(part + 1)..]]));
            }
        }

        Answer With(int i, string[] parts) => answer with { Headers = [.. answer.Headers.Take(i), new("Set-Cookie", string.Join("; ", parts)), .. answer.Headers.Skip(i + 1)] };
    }

    private static IEnumerable<(string, Answer)> Texts(Answer answer)
    {
        yield return ("JSON instead", answer with { Json = new JsonObject { ["status"] = answer.Status }, Text = "" });
        yield return ("another text", answer with { Text = "another text" });
        if (answer["Content-Type"] != "text/event-stream")
        {
            if (answer.Text.Length > 0)
            {
                yield return ("nothing instead of a page", answer with { Text = "" });
            }

            yield break;
        }

        yield return ("the first keep-alive", answer with { Text = answer.Text.StartsWith('\n') ? answer.Text.TrimStart('\n') : "\n\n" + answer.Text });
        var events = answer.Text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(part => part.StartsWith("data: ", StringComparison.Ordinal)).Select(part => JsonNode.Parse(part[6..])!).ToArray();
        for (var i = 0; i < events.Length; i++)
        {
            if (i > 0)
            {
                yield return ($"event {i} before event {i - 1}", Stream([.. events[..(i - 1)], events[i], events[i - 1], .. events[(i + 1)..]]));
            }

            yield return ($"no event {i}", Stream([.. events[..i], .. events[(i + 1)..]]));
            yield return ($"event {i} twice", Stream([.. events[..i], events[i], .. events[i..]]));
            foreach (var (what, changed) in Changes(events[i]))
            {
                yield return ($"event {i}: {what}", Stream([.. events[..i], changed, .. events[(i + 1)..]]));
            }
        }

        Answer Stream(JsonNode?[] data) => answer with { Text = (answer.Text.StartsWith('\n') ? "\n\n" : "") + string.Concat(data.Select(item => $"data: {item?.ToJsonString() ?? "null"}\n\n")) };
    }

    private static IEnumerable<(string, Answer)> Bodies(Answer answer)
    {
        yield return ("no body", answer with { Json = null });
        foreach (var (what, changed) in Changes(answer.Json!))
        {
            yield return (what, answer with { Json = changed });
        }
    }

    /// <summary>Every change of one value, key or item somewhere in it.</summary>
    private static IEnumerable<(string What, JsonNode? Changed)> Changes(JsonNode node, string key = "", bool ordered = true)
    {
        yield return ("null instead", null);
        switch (node)
        {
            case JsonObject map:
                yield return ("a further key", Edit(map, copy => copy["further"] = true));
                foreach (var (name, value) in map.ToArray())
                {
                    yield return ($"no {name}", Edit(map, copy => copy.Remove(name)));
                    yield return ($"{name} under another name", Edit(map, copy =>
                    {
                        copy.Remove(name);
                        copy[name + "x"] = value?.DeepClone();
                    }));
                    if (value is null)
                    {
                        yield return ($"{name} no longer null", Edit(map, copy => copy[name] = "something"));
                        continue;
                    }

                    // The order of these is allowed to change.
                    var unordered = name == "api_tokens" || (name == "scopes" && map.ContainsKey("oauth_client"));
                    foreach (var (what, changed) in Changes(value, name, !unordered))
                    {
                        yield return ($"{name}: {what}", Edit(map, copy => copy[name] = changed?.DeepClone()));
                    }
                }

                break;
            case JsonArray list:
                yield return ("a further item", Edit(list, copy => copy.Add("further")));
                if (ordered && list.Count > 1)
                {
                    yield return ("another order", new JsonArray([.. list.Reverse().Select(item => item?.DeepClone())]));
                }

                for (var i = 0; i < list.Count; i++)
                {
                    var at = i;
                    yield return ($"no item {i}", Edit(list, copy => copy.RemoveAt(at)));
                    foreach (var (what, changed) in Changes(list[i]!))
                    {
                        yield return ($"item {i}: {what}", Edit(list, copy => copy[at] = changed?.DeepClone()));
                    }
                }

                break;
            case JsonValue value:
                foreach (var (what, changed) in Values(key, value))
                {
                    yield return (what, changed);
                }

                break;
        }
    }

    private static IEnumerable<(string, JsonNode)> Values(string key, JsonValue value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String when Normalised.Software.Contains(key):
                yield return ("an empty text", "");
                break;
            case JsonValueKind.String:
                yield return ("a longer text", value.GetValue<string>() + "x");
                yield return ("a number", 1);
                if (value.GetValue<string>().Length > 0)
                {
                    yield return ("an empty text", "");
                }

                // A token's new id may be a1 where a10 was recorded.
                if (value.GetValue<string>() is { Length: > 0 } text && Normalised.Secrets.GetValueOrDefault(key)?.IsMatch(text[..^1]) != true)
                {
                    yield return ("a shorter text", text[..^1]);
                }

                if (Normalised.Expiries.Contains(key))
                {
                    yield return ("two minutes later", DateTimeOffset.Parse(value.GetValue<string>(), CultureInfo.InvariantCulture).AddMinutes(2).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture) + "Z");
                }

                break;
            case JsonValueKind.Number:
                yield return ("a text", value.ToJsonString() + "x");
                if (!Normalised.Secrets.ContainsKey(key))
                {
                    yield return ("another number", value.GetValue<int>() + 1);
                }

                break;
            default:
                yield return ("the opposite", !value.GetValue<bool>());
                yield return ("a text", value.ToJsonString());
                break;
        }
    }

    private static T Edit<T>(T node, Action<T> change)
        where T : JsonNode
    {
        var copy = (T)node.DeepClone();
        change(copy);
        return copy;
    }
}
