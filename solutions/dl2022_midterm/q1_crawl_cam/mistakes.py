"""The mistakes that students make: the crawl and the CAM."""

from autograder import Mistake, Text

MISTAKES = [
    Mistake(
        name="forbidden_keyword",
        explanation=Text(
            ko="제외하라고 한 키워드 'iu', 'hynn'을 썼습니다.",
            en="The keywords 'iu' and 'hynn' are the two that are excluded.",
        ),
        loses=frozenset({"crawl"}),
        edits=[('("tiger", "zebra")', '("iu", "hynn")')],
    ),
    Mistake(
        name="all_in_one_folder",
        explanation=Text(
            ko="두 키워드의 그림을 한 폴더에 섞어 저장했습니다. 키워드마다 폴더가 따로 있어야 from_folder가 클래스를 압니다.",
            en="The pictures of both keywords are in one folder; from_folder tells the classes by their folders.",
        ),
        loses=frozenset({"crawl"}),
        edits=[
            ("place = folder / keyword", 'place = folder / "images"'),
            ('f"{len(saved):03d}.jpg"', 'f"{keyword}{len(saved):03d}.jpg"'),
        ],
    ),
    Mistake(
        name="files_not_checked",
        explanation=Text(
            ko="받은 내용이 그림인지 확인하지 않아 HTML이나 끊긴 파일도 .jpg로 저장했습니다.",
            en="What came was not looked at: HTML and damaged files were saved as .jpg too.",
        ),
        loses=frozenset({"crawl"}),
        edits=[("if data is None or not is_picture(data):", "if data is None:")],
    ),
    Mistake(
        name="duplicates_kept",
        explanation=Text(
            ko="같은 그림을 여러 번 저장했습니다. 내용의 해시로 비교하세요.",
            en="The same picture was saved more than once; compare the hash of the content.",
        ),
        loses=frozenset({"crawl"}),
        edits=[("if content not in saved:", "if True:")],
    ),
    Mistake(
        name="not_resized",
        explanation=Text(
            ko="item_tfms=Resize(size)가 없어 그림이 원래 크기 그대로입니다.",
            en="item_tfms=Resize(size) is missing: the pictures have the size of their files.",
        ),
        loses=frozenset({"dls"}),
        edits=[("item_tfms=Resize(size), ", "")],
    ),
    Mistake(
        name="shares_swapped",
        explanation=Text(
            ko="valid_pct에 학습 자료의 비율 0.8을 넣었습니다. valid_pct는 검증 자료의 비율입니다.",
            en="valid_pct is the share for validation, 0.2; it was given the share for training, 0.8.",
        ),
        loses=frozenset({"dls"}),
        edits=[("valid_pct=0.2", "valid_pct=0.8")],
    ),
    Mistake(
        name="seed_not_used",
        explanation=Text(
            ko="seed를 쓰지 않아 부를 때마다 나누기와 초깃값이 달라집니다.",
            en="The seed is not used: the split, and the start of training, are others every time.",
        ),
        loses=frozenset({"dls", "train"}),
        edits=[("seed=seed, ", ""), ("    torch.manual_seed(seed)\n", "")],
    ),
    Mistake(
        name="resnet18",
        explanation=Text(
            ko="resnet34가 아니라 resnet18을 썼습니다.", en="resnet18 was used where resnet34 is asked."
        ),
        loses=frozenset({"train"}),
        edits=[
            ("import error_rate, resnet34,", "import error_rate, resnet18,"),
            ("vision_learner(dls, resnet34,", "vision_learner(dls, resnet18,"),
        ],
    ),
    Mistake(
        name="body_frozen",
        explanation=Text(
            ko="무작위로 초기화된 몸통을 얼린 채 헤드만 학습했습니다. 미리 학습된 가중치가 없으면 모든 층을 학습해야 합니다.",
            en="Only the head was trained, on a frozen body of random weights; without pretrained weights train them all.",
        ),
        loses=frozenset({"train"}),
        edits=[
            ("        learner.fit_one_cycle(", "        learner.freeze()\n        learner.fit_one_cycle(")
        ],
    ),
    Mistake(
        name="bias_forgotten",
        explanation=Text(
            ko="logit을 맵의 평균으로만 계산하고 편향을 더하지 않았습니다.",
            en="The logits are the means of the maps without the bias.",
        ),
        loses=frozenset({"cam"}),
        edits=[("maps.mean(dim=(1, 2)) + head[-1].bias", "maps.mean(dim=(1, 2))")],
    ),
    Mistake(
        name="eval_forgotten",
        explanation=Text(
            ko="net.eval()을 빠뜨려 배치 정규화가 그림 한 장의 평균과 분산을 썼습니다.",
            en="net.eval() is missing: the batch norms took mean and variance from the one image.",
        ),
        loses=frozenset({"cam"}),
        edits=[("    net.eval()\n", "")],
    ),
    Mistake(
        name="maximum_pooled",
        explanation=Text(
            ko="헤드에서 평균 대신 최댓값을 취했습니다. 그러면 맵의 평균이 logit이 되지 않습니다.",
            en="The head takes the maximum instead of the mean, so the mean of a map is no logit.",
        ),
        loses=frozenset({"cam"}),
        edits=[("torch.nn.AdaptiveAvgPool2d(1)", "torch.nn.AdaptiveMaxPool2d(1)")],
    ),
    Mistake(
        name="first_page_only",
        explanation=Text(
            ko="검색 결과의 첫 페이지만 보아 그림이 모자랍니다. 다음 페이지도 보세요.",
            en="Only the first page of results was read, which has too few pictures; read the next ones too.",
        ),
        loses=frozenset({"crawl"}),
        edits=[("        page += 1\n", "        return\n")],
    ),
    Mistake(
        name="never_trained",
        explanation=Text(
            ko="learner를 만들기만 하고 학습하지 않았습니다.", en="The learner was made but never trained."
        ),
        loses=frozenset({"train"}),
        edits=[("        learner.fit_one_cycle(epochs, lr)\n", "        pass\n")],
    ),
    Mistake(
        name="mean_of_the_features_drawn",
        explanation=Text(
            ko="클래스의 가중치를 쓰지 않고 특징 맵의 평균을 맵으로 했습니다.",
            en="The map is the mean of the feature maps, without the weights of the class.",
        ),
        loses=frozenset({"cam"}),
        edits=[
            (
                'maps = torch.einsum("ck,khw->chw", head[-1].weight, features)',
                "maps = features.mean(dim=0).expand(2, -1, -1)",
            )
        ],
    ),
    Mistake(
        name="classes_exchanged",
        explanation=Text(
            ko="두 클래스의 맵이 서로 바뀌었습니다.", en="The maps of the two classes are exchanged."
        ),
        loses=frozenset({"cam"}),
        edits=[("    return maps, logits\n", "    return maps.flip(0), logits\n")],
    ),
    Mistake(
        name="map_in_a_corner",
        explanation=Text(
            ko="extent가 없어 맵이 그림의 왼쪽 위 구석에만 그려집니다.",
            en="Without extent the map is drawn in the upper left corner of the image only.",
        ),
        loses=frozenset({"cam"}),
        edits=[("ax.imshow(one, extent=(0, width, height, 0), **over)", "ax.imshow(one, **over)")],
    ),
    Mistake(
        name="relu_of_the_map",
        explanation=Text(
            ko="맵의 음수를 0으로 바꾸었습니다. CAM의 식에는 relu가 없습니다.",
            en="Negative numbers of the map were set to 0; there is no relu in the formula of CAM.",
        ),
        loses=frozenset({"cam"}),
        edits=[("    return maps, logits\n", "    return maps.relu(), logits\n")],
    ),
]
