"""Words and phrases that features count."""
# ruff: noqa: RUF001  (letters of other scripts that look Latin)

# Phrases by what they are a sign of. An apostrophe parts words: "can't" is "can t".
PHRASES: dict[str, tuple[str, ...]] = {
    kind: tuple(phrase.strip() for phrase in " ".join(text.split()).split(","))
    for kind, text in {
        "refusal": """
        i m sorry, i am sorry, i m afraid, i apologize, i apologise, my apologies, i cannot, i can t, i can not,
        i am unable, i m unable, i am not able, i m not able, i won t, i will not, i must decline, i do not have
        access, i don t have access, i do not have the ability, i don t have the ability, i don t have enough
        information, i do not have enough information, it is not possible for me, it s not possible for me, not
        appropriate, i don t feel comfortable, against my guidelines, i m not comfortable, not able to assist,
        unable to assist, cannot assist, can t assist, can t help with, cannot help with, cannot fulfill, can t
        fulfill, cannot comply, unable to comply, unable to provide, cannot provide, can t provide, lo siento,
        es tut mir leid, je suis désolé
    """,
        "machine": """
        as an ai, as a language model, as an artificial intelligence, an ai language model, ai assistant, large
        language model, i m just a computer, as a machine, i am an ai, i m an ai, as a virtual assistant, my
        training data, knowledge cutoff, knowledge cut off, my last update, trained by openai, developed by
        openai, chatgpt, openai, i do not have personal, i don t have personal, i do not have feelings, i don t
        have feelings, real time data
    """,
        "asks_back": """
        please provide, please specify, please clarify, could you please provide, can you provide, could you
        clarify, can you please, more information, more context, no input, not provided, not specified, is not
        clear, isn t clear, not clear, cannot be determined, can t be determined, cannot determine, need more,
        did not provide, didn t provide, haven t provided, have not provided, is missing, is incomplete, what
        would you like, noinput, nooutput, no output, not enough information, insufficient information, cannot
        access, can t access, unable to access, can t see, cannot see
    """,
        "offer": """
        let me know, hope this helps, hope that helps, feel free to, happy to help, glad to help, if you have
        any, any other questions, any further questions, any more questions, anything else, here to help, how
        can i help, how may i, please let me, do not hesitate, don t hesitate, good luck, best of luck, you re
        welcome
    """,
        "opener": """
        sure, certainly, of course, absolutely, here is, here are, here s, okay, ok, great, no problem, great
        question, good question, thank you for, thanks for, the answer is, the output is, the following
    """,
        "hedge": """
        perhaps, maybe, might, possibly, probably, i think, i believe, i guess, i m not sure, i am not sure, it
        seems, it depends, kind of, sort of, somewhat, apparently, supposedly, as far as i know, not sure, i don
        t know, i do not know, may or may not, could be, no idea
    """,
        "reason": """
        because, therefore, since, thus, hence, so that, due to, as a result, in order to, this means, which
        means, for example, for instance, such as, e g, i e, including, in addition, additionally, furthermore,
        moreover, however, although, while, on the other hand, first, firstly, second, secondly, third, finally,
        next, then, in conclusion, overall, in summary, this is why, that is why, helps to, can help, by using,
        not only, but also, as well as, weil, deshalb, porque, parce que, por ejemplo, par exemple, zum beispiel
    """,
        "first_person": """
        i, me, my, mine, myself, we, our, us, ours
    """,
        "polite": """
        please, kindly, thank you, thanks, could you, would you, can you, i would like, i d like, bitte, por
        favor, s il vous plaît
    """,
        "imperative": """
        write, create, generate, give, list, name, describe, explain, provide, suggest, identify, find, make,
        rewrite, edit, summarize, summarise, translate, convert, classify, categorize, compare, contrast,
        calculate, compute, design, develop, compose, construct, tell, show, state, outline, discuss, analyze,
        analyse, evaluate, come, think, propose, produce, add, remove, change, choose, select, sort, arrange,
        order, complete, fill, answer, determine, define, draft, build, brainstorm, paraphrase, rephrase,
        predict, recommend, imagine, pretend, act, use, take, let, help, implement, print, count, correct, fix,
        replace, read, match, group, rank, formulate, estimate, extract, detect, simplify, solve, transform,
        decide, assign, verify, check, rate, organize, plan, report, research, review, shorten, expand, split,
        combine, insert, delete, turn, put, given, based, schreibe, nenne, erkläre, escribe, explica, écris,
        explique
    """,
        "list_asked": """
        list, lists, bullet, bullets, bullet points, steps, step by step, ideas, examples of, examples, ways,
        tips, reasons, items, names of, suggestions, suggest some, options, advantages, disadvantages, benefits,
        pros and cons, facts, features, itinerary, checklist, ingredients, recipe, outline, plan, agenda, names,
        characteristics, qualities, differences
    """,
        "code_asked": """
        code, function, program, script, python, javascript, java, sql, query, html, css, algorithm, regex, bash,
        php, ruby, swift, rust, kotlin, golang, typescript, programming, compiler, api, array, string, loop,
        variable, class, method, react, node, json, xml
    """,
        "number_asked": """
        how many, how much, how old, how long, how far, calculate, compute, total, percent, percentage, sum of,
        average, what year, which year, wie viele, wie viel, combien, cuántos, cuántas
    """,
        "number": """
        one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, fifteen, twenty, thirty, forty,
        fifty, sixty, hundred, thousand, million, half, zero, none, eins, zwei, drei, vier, deux, trois, dos, tres
    """,
        "address": """
        http, https, www
    """,
        "broken_text": """
        lorem ipsum, undefined, null null, nan nan, object object, test test, asdf, blah blah, tbd, todo, fixme,
        placeholder, insert here, your name, your text here, fill in the blank, click here, read more, sign up,
        log in, subscribe, cookie policy, privacy policy, all rights reserved, terms of service, copyright
    """,
    }.items()
}
# Some of the commonest words that carry grammar and no matter, by language: enough to tell two languages apart.
STOPS: dict[str, tuple[str, ...]] = {
    language: tuple(text.split())
    for language, text in {
        "en": """
        the of and to in is that it for as was with be by on not are this at from or have an but they which you
        were their has will would can if what all there been more when who so no one we he she his her its my
        your our them these those how do does did than into about also a i me am should could some any out up
        over just then had
    """,
        "de": """
        der die das und ist nicht ein eine einen einem einer zu den von mit sich auf für im dem des als auch es
        an werden aus er hat dass sie nach wird bei noch wie über so zum war haben nur oder aber vor zur bis
        mehr durch man sind ich wir ihr kann wenn was dieser diese dieses
    """,
        "fr": """
        le la les des et est un une du en que qui dans pour pas sur au plus par avec ce il elle sont ne se son
        sa ses mais ou nous vous ils cette ces être aux leur on je tu été comme à de
    """,
        "es": """
        el la los las de y que en un una es por con no se su para al lo como más pero sus le ha o este esta si
        porque entre cuando muy sin sobre también me hasta hay donde quien desde todo nos son del ser yo tú qué
    """,
        "it": """
        il lo la gli le di e che è un una in per non con si da come del della dei delle al alla sono ma più
        anche se nel nella questo questa ha o su ci mi ho essere io tu cosa
    """,
        "pt": """
        o a os as de e que em um uma é do da dos das no na nos nas para com não por se mais como mas ao ele ela
        foi ou seu sua são também pelo pela isso este esta você eu já muito está ser
    """,
        "nl": """
        de het een en van is dat niet in op te zijn met voor die aan er maar om als ook dan bij nog naar wordt
        door heeft uit wel zo hebben ik je we wat worden deze dit kan geen of
    """,
        "sv": """
        och att det som en är på för med inte av till den har de ett om var jag men vi kan så från när eller ska
        sig hur mycket hade också finns denna vara
    """,
        "pl": """
        i w na z się nie do to że jest o jak po ale co za od czy przez dla tak był jego tego tym są być ma już
        który która które oraz może jako te tylko
    """,
        "ru": """
        и в на не что с по это как к из у за от о но для же так он она они мы вы я его её их все был была было
        быть или если при также только можно
    """,
        "tr": """
        ve bir bu da de için ile çok olarak daha ne gibi kadar ama en var olan sonra mi ben sen o biz değil her
        ya şey olduğu veya ki nasıl
    """,
        "id": """
        yang dan di untuk dengan ini itu dari adalah pada tidak dalam akan ke atau juga oleh saya anda kita
        mereka bisa sebagai dapat ada karena lebih telah
    """,
    }.items()
}
KINDS: tuple[str, ...] = (*PHRASES, *STOPS)
